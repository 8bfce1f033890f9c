//! Who the nodes are: a service account for each role, and what it may do.

use super::Build;

impl Build<'_> {
    /// The service accounts and their roles in the project.
    pub(super) fn identities(&mut self) {}
}
