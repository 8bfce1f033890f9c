//! What Parameter Store holds in a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::parameter::Parameter;

/// What Parameter Store holds in a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By name.
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// Names of deleted parameters that can't be taken again yet, and until when.
    pub(super) held: BTreeMap<String, Timestamp>,
}

impl State {
    /// Names and tags of all parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &crate::aws::ec2::Tags)> {
        self.parameters.iter().map(|(name, parameter)| (name.as_str(), &parameter.tags))
    }
}
