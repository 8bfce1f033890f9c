//! What listeners and rules do with requests
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html>).

mod forward;
mod read;

use serde_json::Value;

use super::load_balancer::{Kind, LoadBalancer};
use super::target_group::Protocol;

/// The actions of a rule, as describes show them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Actions(Vec<Value>);

/// Whose actions they are to be.
pub(super) struct Place<'a> {
    pub(super) load_balancer: &'a LoadBalancer,
    pub(super) protocol: Protocol,
}

impl Place<'_> {
    fn kind(&self) -> Kind {
        self.load_balancer.kind
    }
}

impl Actions {
    /// The target groups that they forward to, each as often as it is named.
    pub(super) fn target_groups(&self) -> impl Iterator<Item = &str> {
        let groups = self.0.iter().filter_map(|action| action.pointer("/ForwardConfig/TargetGroups")?.as_array());
        groups.flatten().filter_map(|group| group.get("TargetGroupArn")?.as_str())
    }

    pub(super) fn shown(&self) -> Value {
        self.0.clone().into()
    }
}
