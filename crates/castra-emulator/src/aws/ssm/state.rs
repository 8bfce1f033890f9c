//! What Parameter Store holds in a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::parameter::Parameter;
use crate::aws::ec2::Tags;

/// What Parameter Store holds in a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By name.
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// Names of deleted parameters that can't be taken again yet, and until when.
    pub(super) held: BTreeMap<String, Timestamp>,
}

impl State {
    /// The tags of a parameter.
    pub(crate) fn tags(&self, name: &str) -> Option<&Tags> {
        self.parameters.get(name).map(|parameter| &parameter.tags)
    }
}
