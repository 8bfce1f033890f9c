//! What the service holds, as a list.

use super::State;
use crate::aws::object::{Objects, texts};

impl State {
    /// Lists it.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for certificate in self.certificates.values() {
            objects.add("certificate", &certificate.arn, None, texts(&certificate.tags));
        }
    }
}
