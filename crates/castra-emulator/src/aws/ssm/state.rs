//! What Parameter Store holds in a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::parameter::Parameter;
use crate::aws::ec2::Tags;
use crate::aws::object::{Objects, texts};

/// What Parameter Store holds in a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By name.
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// Names of deleted parameters that can't be taken again yet, and until when.
    pub(super) held: BTreeMap<String, Timestamp>,
}

impl State {
    /// All parameters.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for (name, parameter) in &self.parameters {
            objects.add("parameter", name, None, texts(&parameter.tags));
        }
    }

    /// The value of a parameter, perhaps of a version (`name:3`, `name:label`), as services resolve it.
    pub(crate) fn value(&self, named: &str) -> Option<&str> {
        let (name, selector) = named.split_once(':').map_or((named, None), |(name, selector)| (name, Some(selector)));
        let parameter = self.parameters.get(name)?;
        let version = match selector {
            None => parameter.latest(),
            Some(selector) => parameter.selected(selector),
        };
        version.filter(|version| version.kind == "String").map(|version| version.value.as_str())
    }

    /// The tags of a parameter.
    pub(crate) fn tags(&self, name: &str) -> Option<&Tags> {
        self.parameters.get(name).map(|parameter| &parameter.tags)
    }
}
