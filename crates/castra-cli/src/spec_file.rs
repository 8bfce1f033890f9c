//! The spec as a file.

use std::path::{Path, PathBuf};

use castra::{Error, ErrorKind, Spec};

use crate::failure::Failure;

/// A spec with the file it came from.
#[derive(Debug)]
pub(crate) struct SpecFile {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it says.
    pub(crate) text: String,
    /// What that means.
    pub(crate) spec: Spec,
}

impl SpecFile {
    /// Reads a spec. Calls nothing: a spec that isn't valid ends the command before there is any client.
    ///
    /// # Errors
    /// When it isn't there or isn't valid.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::InvalidSpec, format!("{} can't be read: {error}", path.display()))
                .remedy("name the spec with --file")
        })?;
        let spec = castra::parse(&text).map_err(|error| Failure::from(error).in_file(path))?;
        Ok(Self { path: path.to_owned(), text, spec })
    }
}
