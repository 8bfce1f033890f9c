//! EC2's ids: made, and recognised.

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
