//! Pages of lists, whatever a cloud calls their tokens.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The items of one page, and the token of the next if there is one.
pub(crate) type Page<T> = (Vec<T>, Option<String>);

/// The page that a token asks for, of items whose order stays: the token tells how many came before. `refusal` is that
/// of a token which isn't ours.
pub(crate) fn by_place<T, E>(
    token: Option<&str>,
    size: usize,
    items: Vec<T>,
    refusal: impl FnOnce() -> E,
) -> Result<Page<T>, E> {
    let start = match token {
        None => 0,
        Some(token) => {
            let place = decoded(token).and_then(|text| text.strip_prefix("page:")?.parse::<usize>().ok());
            place.ok_or_else(refusal)?
        }
    };
    let total = items.len();
    let page: Vec<T> = items.into_iter().skip(start).take(size).collect();
    let next = start.saturating_add(page.len());
    let token = (next < total && !page.is_empty()).then(|| BASE64_STANDARD.encode(format!("page:{next}")));
    Ok((page, token))
}

/// The page that a token asks for, of items that are sorted by their keys: the token holds the last key, so that a page
/// follows the one before it even if objects come and go.
pub(crate) fn by_key<T, E>(
    token: Option<&str>,
    size: usize,
    items: Vec<(String, T)>,
    refusal: impl FnOnce() -> E,
) -> Result<Page<T>, E> {
    let after = token.map(|token| decoded(token).ok_or_else(refusal)).transpose()?;
    let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let page: Vec<(String, T)> = rest.by_ref().take(size).collect();
    let token = page.last().filter(|_| rest.next().is_some()).map(|(key, _)| BASE64_STANDARD.encode(key));
    Ok((page.into_iter().map(|(_, item)| item).collect(), token))
}

fn decoded(token: &str) -> Option<String> {
    BASE64_STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    fn refusal() -> &'static str {
        "bad"
    }

    #[test]
    fn pages_by_place_follow_one_another_to_the_end() {
        let (first, token) = by_place(None, 2, vec![1, 2, 3], refusal).unwrap();
        let (second, end) = by_place(token.as_deref(), 2, vec![1, 2, 3], refusal).unwrap();
        assert_eq!((first, second, end), (vec![1, 2], vec![3], None));
        assert_eq!(by_place(Some("x"), 2, vec![1], refusal).unwrap_err(), refusal());
    }

    #[test]
    fn pages_by_key_follow_one_another_though_an_item_goes() {
        let items = |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), key.len())).collect::<Vec<_>>();
        let (_, token) = by_key(None, 2, items(&["a", "bb", "ccc"]), refusal).unwrap();
        let (second, end) = by_key(token.as_deref(), 2, items(&["a", "ccc"]), refusal).unwrap();
        assert_eq!((second, end), (vec![3], None));
        assert_eq!(by_key(Some("!"), 2, items(&[]), refusal).unwrap_err(), refusal());
    }
}
