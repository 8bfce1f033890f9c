//! The commands, one a file.

pub(crate) mod apply;
pub(crate) mod capacity;
pub(crate) mod destroy;
pub(crate) mod plan;
pub(crate) mod scale;
pub(crate) mod schema;
pub(crate) mod status;
pub(crate) mod sweep;

use std::path::PathBuf;

use castra::Setup;

use crate::console::Console;

/// What every command works with.
pub(crate) struct Desk {
    /// The operator's side.
    pub(crate) console: Console,
    /// How clusters are worked on.
    pub(crate) setup: Setup,
    /// The spec's file.
    pub(crate) file: PathBuf,
}
