//! EC2's ids: made, and recognised.

use crate::aws::ApiError;
use crate::chance::Chance;

/// A new id: the prefix and seventeen hexadecimal digits
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>).
pub(super) fn new(prefix: &str, chance: &mut Chance) -> String {
    format!("{prefix}-0{}", chance.hex(16))
}

/// Whether the text has the form of an id with that prefix: eight or seventeen hexadecimal digits.
pub(crate) fn well_formed(prefix: &str, id: &str) -> bool {
    id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Refuses a text that isn't an id of that kind: `InvalidVpcID.Malformed` and its like, by the code's stem.
pub(super) fn check(prefix: &str, stem: &str, id: &str) -> Result<(), ApiError> {
    if well_formed(prefix, id) {
        return Ok(());
    }
    Err(ApiError::new(&format!("{stem}.Malformed"), format!("Invalid id: \"{id}\" (expecting \"{prefix}-...\")")))
}

/// The refusal of an id that nothing has: `InvalidVpcID.NotFound` and its like.
pub(super) fn not_found(stem: &str, noun: &str, id: &str) -> ApiError {
    ApiError::new(&format!("{stem}.NotFound"), format!("The {noun} '{id}' does not exist"))
}
