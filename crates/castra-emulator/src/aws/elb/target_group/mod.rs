//! Target groups.

mod create;
mod delete;
mod describe;
mod health_check;
mod kind;
mod modify;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) use health_check::HealthCheck;
pub(super) use kind::{Protocol, TargetType};

use super::State;
use super::arn::Resource;
use super::target::{Target, TargetKey};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;

/// A target group.
#[derive(Debug, Clone)]
pub(super) struct TargetGroup {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) created: Timestamp,
    pub(super) target_type: TargetType,
    /// None for functions, as are version, port and VPC.
    pub(super) protocol: Option<Protocol>,
    /// `HTTP1`, `HTTP2` or `GRPC`; HTTP and HTTPS only.
    pub(super) version: Option<String>,
    pub(super) port: Option<i64>,
    pub(super) vpc: Option<String>,
    pub(super) health_check: HealthCheck,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) targets: BTreeMap<TargetKey, Target>,
    pub(super) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateTargetGroup", create::create),
    ("DeleteTargetGroup", delete::delete),
    ("DescribeTargetGroups", describe::describe),
    ("ModifyTargetGroup", modify::modify),
];

impl TargetGroup {
    /// Whether it serves network load balancers; else it serves application load balancers.
    pub(super) fn is_network(&self) -> bool {
        self.protocol.is_some_and(|protocol| !protocol.is_http())
    }

    /// As describes show it.
    fn shown(&self, elb: &State) -> Value {
        let mut shown = json!({
            "TargetGroupArn": self.arn,
            "TargetGroupName": self.name,
            "TargetType": self.target_type.text(),
            "LoadBalancerArns": elb.load_balancer_of(&self.arn).map(|it| &it.arn).into_iter().collect::<Vec<_>>(),
            "IpAddressType": "ipv4",
        });
        let mut put = |member: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown[member] = value;
            }
        };
        put("Protocol", self.protocol.map(|protocol| protocol.text().into()));
        put("ProtocolVersion", self.version.clone().map(Value::from));
        put("Port", self.port.map(Value::from));
        put("VpcId", self.vpc.clone().map(Value::from));
        self.health_check.show(&mut put);
        shown
    }
}

/// The target group of that ARN, if it is there and shows; refused as the service does otherwise.
pub(super) fn find<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut TargetGroup, ApiError> {
    Resource::TargetGroup.check(arn)?;
    let not_found = || Resource::TargetGroup.not_found(arn);
    let created = call.here().elb.target_groups.get(arn).ok_or_else(not_found)?.created;
    if !call.account.shows(arn, created) {
        return Err(not_found());
    }
    call.here().elb.target_groups.get_mut(arn).ok_or_else(not_found)
}
