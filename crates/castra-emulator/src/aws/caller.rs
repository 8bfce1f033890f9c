//! Who calls.

use crate::chance::Chance;

/// The principal behind a request's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The access key id that signed.
    pub(crate) access_key: String,
    /// The account's number.
    pub(crate) account: String,
    /// As GetCallerIdentity says it.
    pub(crate) arn: String,
    /// As GetCallerIdentity says it: the account for the root user, `AIDA..` for a user, `AROA..:session` for a role.
    pub(crate) user_id: String,
    /// What it may do is decided by.
    pub(crate) principal: Principal,
}

/// Kinds of principals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// The account's root user, who may do everything.
    Root,
    /// An IAM user, by name.
    User(String),
    /// A session of a role, by the role's name.
    Role(String),
}

/// The digits of access key ids: base32, as in <https://www.rfc-editor.org/rfc/rfc4648#section-6>.
const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The account that an access key id belongs to: its own number if it is one, else what it says as [`key`] writes it;
/// `000000000000` for any other.
pub(crate) fn account(access_key: &str) -> String {
    if access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit()) {
        return access_key.to_owned();
    }
    let number = access_key.as_bytes().get(4..12).and_then(|digits| {
        digits.iter().try_fold(0_u64, |number, byte| {
            let digit = DIGITS.iter().position(|digit| digit == byte)?;
            Some(number << 5 | digit as u64)
        })
    });
    format!("{:012}", number.filter(|number| *number < 1_000_000_000_000).unwrap_or(0))
}

/// A new access key id for an account: the prefix (`AKIA` of a user, `ASIA` of a session), the account's number, and
/// chance. Real ones carry their account too.
pub(crate) fn key(prefix: &str, account: &str, chance: &mut Chance) -> String {
    let number: u64 = account.parse().unwrap_or(0);
    let digits = (0..8).rev().map(|place| char::from(DIGITS[(number >> (5 * place) & 31) as usize]));
    let digits: String = digits.collect();
    format!("{prefix}{digits}{}", chance.letters(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_account() {
        assert_eq!(account("123456789012"), "123456789012");
        assert_eq!(account(&key("AKIA", "123456789012", &mut Chance::new(1))), "123456789012");
        assert_eq!(account(&key("ASIA", "999999999999", &mut Chance::new(2))), "999999999999");
        assert_eq!(account("test"), "000000000000");
        assert_eq!(account("ééééééééé"), "000000000000");
    }
}
