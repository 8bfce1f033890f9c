//! Where journals are kept unless something else is said.

use std::ffi::OsString;
use std::path::PathBuf;

use castra_core::{Error, ErrorKind, Result};
use castra_engine::store::StateUrl;

/// The directory for journals: `$XDG_STATE_HOME/castra`, or `~/.local/state/castra`. The engine keeps each cluster's
/// below it, by provider, account, region and name.
///
/// Source: the XDG Base Directory Specification, whose relative paths are to be ignored.
///
/// # Errors
/// [`ErrorKind::Invalid`] when neither the variable nor a home directory is there.
pub fn default_state() -> Result<StateUrl> {
    place(std::env::var_os("XDG_STATE_HOME"), std::env::home_dir())
}

fn place(state: Option<OsString>, home: Option<PathBuf>) -> Result<StateUrl> {
    let state = state.map(PathBuf::from).filter(|path| path.is_absolute());
    let home = home.filter(|path| path.is_absolute()).map(|home| home.join(".local").join("state"));
    state.or(home).map(|path| StateUrl::File(path.join("castra"))).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, "there is no home directory to keep the journal in")
            .remedy("name a place for it with --state, or set XDG_STATE_HOME")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_variable_comes_first_and_must_be_absolute() {
        let file = |path: &str| StateUrl::File(PathBuf::from(path));
        let home = || Some(PathBuf::from("/home/legate"));
        assert_eq!(place(Some("/var/state".into()), home()).unwrap(), file("/var/state/castra"));
        assert_eq!(place(Some("state".into()), home()).unwrap(), file("/home/legate/.local/state/castra"));
        assert_eq!(place(Some("".into()), home()).unwrap(), file("/home/legate/.local/state/castra"));
        assert_eq!(place(None, home()).unwrap(), file("/home/legate/.local/state/castra"));
        assert!(place(None, None).unwrap_err().remedy_text().unwrap().contains("--state"));
    }
}
