//! Pages of lists, with `Marker` and `MaxItems`
//! (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// One page of `items` under `member`. Items come with their keys, by which they are sorted; the marker tells after
/// which key to go on, so that what comes and goes in between moves nothing.
pub(super) fn of(call: &Call<'_>, member: &str, mut items: Vec<(String, Value)>) -> Answer {
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    let Page { items, marker } = cut(call, items)?;
    let mut output = Map::new();
    output.insert(member.to_owned(), items.into_iter().map(|(_, value)| value).collect());
    end(&mut output, marker);
    Ok(output.into())
}

/// One page of a list.
pub(super) struct Page<T> {
    /// With their keys.
    pub(super) items: Vec<(String, T)>,
    /// The next page's marker, if there is one.
    pub(super) marker: Option<String>,
}

/// The page that is asked for, of sorted items.
pub(super) fn cut<T>(call: &Call<'_>, items: Vec<(String, T)>) -> Result<Page<T>, ApiError> {
    let after = match call.text("Marker") {
        None => None,
        Some(marker) => {
            let key = BASE64_URL_SAFE_NO_PAD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(key.ok_or_else(|| ApiError::new("ValidationError", "Invalid Marker."))?)
        }
    };
    // "If you do not include this parameter, the number of items defaults to 100."
    let size = call.number("MaxItems").and_then(|size| usize::try_from(size).ok()).unwrap_or(100);
    let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let more = rest.next().is_some();
    let marker = page.last().filter(|_| more).map(|(key, _)| BASE64_URL_SAFE_NO_PAD.encode(key));
    Ok(Page { items: page, marker })
}

/// Says in an answer whether there is more.
pub(super) fn end(output: &mut Map<String, Value>, marker: Option<String>) {
    output.insert("IsTruncated".to_owned(), marker.is_some().into());
    if let Some(marker) = marker {
        output.insert("Marker".to_owned(), marker.into());
    }
}
