//! What Parameter Store holds in a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::parameter::{Parameter, Version};
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
    /// The value of a plain parameter, by name and perhaps `:VERSION` or `:LABEL`, as other services look it up.
    pub(crate) fn value(&self, named: &str) -> Option<&str> {
        let (name, selector) = named.split_once(':').map_or((named, None), |(name, selector)| (name, Some(selector)));
        let parameter = self.parameters.get(name)?;
        let version = match selector {
            None => parameter.latest()?,
            Some(selector) => {
                let is_it =
                    |version: &&Version| version.number.to_string() == selector || version.labels.contains(selector);
                parameter.versions.values().find(is_it)?
            }
        };
        (version.kind == "String").then_some(version.value.as_str())
    }

    /// The tags of a parameter.
    pub(crate) fn tags(&self, name: &str) -> Option<&Tags> {
        self.parameters.get(name).map(|parameter| &parameter.tags)
    }
}
