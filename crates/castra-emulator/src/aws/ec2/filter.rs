//! Filters of describes (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>): all must match,
//! each by any of its values, which may hold `*` and `?`.

use serde_json::Value;

use super::Tags;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::pattern::like;

/// The filters of one call.
pub(super) struct Filters(Vec<(String, Vec<String>)>);

impl Filters {
    /// The call's filters; a name that is neither in `known` nor about tags is refused.
    pub(super) fn of(call: &Call<'_>, known: &[&str]) -> Result<Self, ApiError> {
        let mut filters: Vec<(String, Vec<String>)> = Vec::new();
        // A few operations have it in the singular.
        for filter in call.list("Filters").iter().chain(call.list("Filter")) {
            let name = filter.get("Name").and_then(Value::as_str).unwrap_or_default();
            if !known.contains(&name) && !name.starts_with("tag:") && name != "tag-key" {
                let message = format!("The filter '{name}' is invalid");
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            let values = filter.get("Values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            // "You can specify up to 50 filters and up to 200 values per filter in a single request."
            if filters.len() >= 50 || values.len() > 200 {
                let message = "The maximum number of filters is 50, and of values of a filter 200.";
                return Err(ApiError::new("FilterLimitExceeded", message));
            }
            filters.push((name.to_owned(), values.iter().filter_map(Value::as_str).map(str::to_owned).collect()));
        }
        Ok(Self(filters))
    }

    /// Whether an object passes: `values` tells what it has under a filter's name.
    pub(super) fn pass(&self, tags: &Tags, values: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|(name, wanted)| {
            let has = match name.strip_prefix("tag:") {
                Some(key) => tags.get(key).map(str::to_owned).into_iter().collect(),
                None if name == "tag-key" => tags.keys().map(str::to_owned).collect(),
                None => values(name),
            };
            has.iter().any(|has| wanted.iter().any(|wanted| like(wanted, has)))
        })
    }
}
