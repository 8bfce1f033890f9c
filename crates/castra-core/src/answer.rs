//! Answers of a cloud that are no errors for who asked.

use crate::error::{ErrorKind, Result};

/// A deletion's answer, where something that is gone already is as good as deleted.
///
/// # Errors
/// All but [`ErrorKind::NotFound`].
pub fn gone<T>(answer: Result<T>) -> Result<()> {
    unless(ErrorKind::NotFound, answer)
}

/// An answer to making something that is as good when it is there already.
///
/// # Errors
/// All but [`ErrorKind::AlreadyExists`].
pub fn there<T>(answer: Result<T>) -> Result<()> {
    unless(ErrorKind::AlreadyExists, answer)
}

/// What a look-up by name or id gives: an object that isn't there is none, not an error.
///
/// # Errors
/// All but [`ErrorKind::NotFound`].
///
/// ```
/// use castra_core::answer::maybe;
/// use castra_core::{Error, ErrorKind};
///
/// assert_eq!(maybe(Ok("network-1"))?, Some("network-1"));
/// assert_eq!(maybe::<&str>(Err(Error::new(ErrorKind::NotFound, "no such network")))?, None);
/// # Ok::<(), Error>(())
/// ```
pub fn maybe<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        answer => answer.map(Some),
    }
}

fn unless<T>(kind: ErrorKind, answer: Result<T>) -> Result<()> {
    match answer {
        Err(error) if error.kind() == kind => Ok(()),
        answer => answer.map(drop),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::error::Error;

    fn failed<T>(kind: ErrorKind) -> Result<T> {
        Err(Error::new(kind, "words"))
    }

    #[test]
    fn each_shorthand_absorbs_its_own_kind_only() {
        assert!(gone::<()>(failed(ErrorKind::NotFound)).is_ok());
        assert_eq!(gone::<()>(failed(ErrorKind::InUse)).unwrap_err().kind(), ErrorKind::InUse);
        assert!(there::<()>(failed(ErrorKind::AlreadyExists)).is_ok());
        assert_eq!(there::<()>(failed(ErrorKind::NotFound)).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(maybe(Ok(1)).unwrap(), Some(1));
        assert_eq!(maybe::<u8>(failed(ErrorKind::NotFound)).unwrap(), None);
        assert!(maybe::<u8>(failed(ErrorKind::Denied)).is_err());
    }
}
