//! Files that are replaced as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use castra::{Error, ErrorKind, Result};

/// A file's new content, written beside it and not yet in its place. Dropping it leaves the file as it is.
#[derive(Debug)]
pub(crate) struct Replacement {
    target: PathBuf,
    temporary: PathBuf,
}

impl Replacement {
    /// Writes the new content of `path` beside it, so that whatever can go wrong with writing goes wrong now.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub(crate) fn prepare(path: &Path, content: &str) -> Result<Self> {
        // A link stays a link: what it leads to is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{name}.castra-{}", std::process::id()));
        let replacement = Self { target, temporary };
        replacement.write(content).map_err(|error| unwritten(path, &error))?;
        Ok(replacement)
    }

    fn write(&self, content: &str) -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&self.temporary)?;
        file.write_all(content.as_bytes())?;
        if let Ok(old) = fs::metadata(&self.target) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()
    }

    /// Puts the new content in place of `old`, at once.
    ///
    /// # Errors
    /// When somebody else changed the file meanwhile, or it can't be done; the file is as it was.
    pub(crate) fn commit_over(self, old: &str) -> Result<()> {
        match fs::read_to_string(&self.target) {
            Ok(text) if text == old => self.commit(),
            _ => Err(Error::new(ErrorKind::Conflict, format!("{} was changed meanwhile", self.target.display()))
                .remedy("look at it and try again")),
        }
    }

    /// Puts the new content in its place, at once.
    ///
    /// # Errors
    /// When it can't be; the old content is still there.
    pub(crate) fn commit(self) -> Result<()> {
        fs::rename(&self.temporary, &self.target).map_err(|error| unwritten(&self.target, &error))?;
        // The name is durable once its directory is. Not every system lets a directory be opened.
        if let Some(directory) = self.target.parent()
            && let Ok(directory) = File::open(directory)
        {
            let _ = directory.sync_all();
        }
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // Gone already after a commit.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unexpected, format!("{} can't be written: {error}", path.display()))
        .remedy("check that the file's directory is there, is yours to write to and has room")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_changes_before_the_commit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.toml");
        fs::write(&path, "old").unwrap();
        let replacement = Replacement::prepare(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        replacement.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        drop(Replacement::prepare(&path, "newer").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(
            Replacement::prepare(&path, "x").unwrap().commit_over("old").unwrap_err().kind(),
            ErrorKind::Conflict
        );
        Replacement::prepare(&path, "newer").unwrap().commit_over("new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "newer");
        assert_eq!(names(directory.path()), ["a.toml"]);
    }

    #[test]
    fn a_new_file_is_made() {
        let directory = tempfile::tempdir().unwrap();
        Replacement::prepare(&directory.path().join("b"), "new").unwrap().commit().unwrap();
        assert_eq!(fs::read_to_string(directory.path().join("b")).unwrap(), "new");
        assert!(Replacement::prepare(&directory.path().join("no/such"), "new").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (directory.path().join("a"), directory.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        Replacement::prepare(&link, "new").unwrap().commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
