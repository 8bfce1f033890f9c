//! Pages of lists.

use super::error;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// How many items a page is to have; `MaxItems` comes as text, and more than `most` is `most`.
pub(super) fn size(call: &Call<'_>, most: usize) -> Result<usize, ApiError> {
    match call.text("MaxItems") {
        None => Ok(most),
        Some(text) => match text.parse::<usize>() {
            Ok(size) if size > 0 => Ok(size.min(most)),
            _ => {
                let message = format!(
                    "1 validation error detected: Value '{text}' at 'maxItems' failed to satisfy constraint: Member must be a positive number"
                );
                Err(error::invalid_input(message))
            }
        },
    }
}

/// The page that begins with the first item that is `from` or after it, and the first item of the next.
pub(super) fn cut<T>(items: impl Iterator<Item = T>, from: impl Fn(&T) -> bool, size: usize) -> (Vec<T>, Option<T>) {
    let mut rest = items.skip_while(|item| !from(item));
    let page: Vec<T> = rest.by_ref().take(size).collect();
    (page, rest.next())
}
