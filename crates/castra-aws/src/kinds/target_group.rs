//! Target groups: where a balancer sends what it takes, and how it knows who is well.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup as Described, TargetGroupAttribute, TargetTypeEnum,
};
use castra_core::resource::{At, Found, Kind, Output as _, Recovery, Ref};
use castra_core::{Call, Context, FieldChange, Result};
use futures::future::try_join;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Vpc;
use super::live::Live;
use super::load_balancing::{SERVICE, no_object, present, with_attributes};
use crate::call::{gone, send, send_fresh};
use crate::client::Clients;
use crate::elb_tags;

/// A protocol of listeners, targets and health checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Protocol {
    /// HTTP.
    Http,
    /// HTTPS. Towards targets the balancer doesn't check the certificate.
    Https,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
}

impl Protocol {
    pub(super) fn to_elb(self) -> ProtocolEnum {
        match self {
            Self::Http => ProtocolEnum::Http,
            Self::Https => ProtocolEnum::Https,
            Self::Tcp => ProtocolEnum::Tcp,
            Self::Tls => ProtocolEnum::Tls,
        }
    }
}

/// How a target is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TargetType {
    /// By instance.
    Instance,
    /// By address.
    Ip,
}

/// How a balancer finds out whether a target is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TargetHealthCheck {
    /// How it asks.
    #[serde(rename = "health_check_protocol")]
    pub(crate) protocol: Protocol,
    /// Where: a port number, or `traffic-port` for the one that the target serves on.
    #[serde(rename = "health_check_port")]
    pub(crate) port: String,
    /// Which path, with HTTP and HTTPS.
    #[serde(rename = "health_check_path", skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// Seconds from one question to the next: 5 to 300.
    #[serde(rename = "health_check_interval_seconds")]
    pub(crate) interval_seconds: u16,
    /// Seconds without an answer that count as a failure: 2 to 120, and less than the interval.
    #[serde(rename = "health_check_timeout_seconds")]
    pub(crate) timeout_seconds: u16,
    /// Successes in a row that make a target healthy: 2 to 10.
    pub(crate) healthy_threshold: u8,
    /// Failures in a row that make a target unhealthy: 2 to 10.
    pub(crate) unhealthy_threshold: u8,
    /// The status codes that count as success, such as `200` or `200-299`, with HTTP and HTTPS.
    #[serde(rename = "health_check_matcher", skip_serializing_if = "Option::is_none")]
    pub(crate) matcher: Option<String>,
}

/// A target group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TargetGroup {
    /// Its name: at most 32 letters, digits and single hyphens, one target group of that name in account and region.
    pub(crate) name: String,
    /// The network of its targets.
    pub(crate) vpc: Ref<Vpc>,
    /// What targets speak.
    pub(crate) protocol: Protocol,
    /// The port that targets serve on, unless they were registered with another.
    pub(crate) port: u16,
    /// How targets are named.
    pub(crate) target_type: TargetType,
    /// How their health is found out. Each part of it is a field by itself.
    #[serde(flatten)]
    pub(crate) health_check: TargetHealthCheck,
    /// The attributes that are ours, by the names of the API's `TargetGroupAttribute`. Each is a field by itself.
    #[serde(flatten)]
    pub(crate) attributes: BTreeMap<String, String>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for TargetGroup {
    const KIND: &'static str = "lb_target_group";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "vpc", "protocol", "port", "target_type"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let name = std::slice::from_ref(&self.name);
        let Some(described) = by_names(at.cx, at.cloud, name).await?.into_iter().next() else { return Ok(None) };
        let arn = arn(&described)?;
        let arns = [arn.clone()];
        let (attributes, tags) =
            try_join(attributes(at.cx, at.cloud, &arn), elb_tags::read(at.cx, at.cloud, &arns)).await?;
        let tags = tags.into_values().next().unwrap_or_default();
        Ok(Some(live(&described, &attributes, tags)?.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let check = &self.health_check;
        let request = at
            .cloud
            .elb
            .create_target_group()
            .name(&self.name)
            .vpc_id(at.get(&self.vpc)?.id())
            .protocol(self.protocol.to_elb())
            .port(i32::from(self.port))
            .target_type(match self.target_type {
                TargetType::Instance => TargetTypeEnum::Instance,
                TargetType::Ip => TargetTypeEnum::Ip,
            })
            .health_check_protocol(check.protocol.to_elb())
            .health_check_port(&check.port)
            .set_health_check_path(check.path.clone())
            .health_check_interval_seconds(i32::from(check.interval_seconds))
            .health_check_timeout_seconds(i32::from(check.timeout_seconds))
            .healthy_threshold_count(i32::from(check.healthy_threshold))
            .unhealthy_threshold_count(i32::from(check.unhealthy_threshold))
            .set_matcher(check.matcher())
            .set_tags(Some(elb_tags::to_elb(&self.tags)));
        let answer = send_fresh!(at.cx, Call::idempotent(SERVICE, "CreateTargetGroup"), request)?;
        let arn = arn(answer.target_groups().first().ok_or_else(|| no_object("CreateTargetGroup"))?)?;
        self.set_attributes(at, &arn).await?;
        Ok(arn)
    }

    async fn update(&self, at: &At<'_, Clients>, arn: &String, changes: &[FieldChange]) -> Result<String> {
        let (mut check, mut attributes) = (false, false);
        for change in changes {
            match change.field.as_str() {
                "tags" => elb_tags::sync(at, arn, &self.tags, change).await?,
                field if self.attributes.contains_key(field) => attributes = true,
                _ => check = true,
            }
        }
        if check {
            self.set_health_check(at, arn).await?;
        }
        if attributes {
            self.set_attributes(at, arn).await?;
        }
        Ok(arn.clone())
    }

    async fn delete(at: &At<'_, Clients>, arn: &String) -> Result<()> {
        let request = at.cloud.elb.delete_target_group().target_group_arn(arn);
        gone(send!(at.cx, Call::idempotent(SERVICE, "DeleteTargetGroup"), request))
    }
}

impl TargetHealthCheck {
    fn matcher(&self) -> Option<Matcher> {
        self.matcher.as_ref().map(|codes| Matcher::builder().http_code(codes).build())
    }
}

impl TargetGroup {
    async fn set_health_check(&self, at: &At<'_, Clients>, arn: &str) -> Result<()> {
        let check = &self.health_check;
        let request = at
            .cloud
            .elb
            .modify_target_group()
            .target_group_arn(arn)
            .health_check_protocol(check.protocol.to_elb())
            .health_check_port(&check.port)
            .set_health_check_path(check.path.clone())
            .health_check_interval_seconds(i32::from(check.interval_seconds))
            .health_check_timeout_seconds(i32::from(check.timeout_seconds))
            .healthy_threshold_count(i32::from(check.healthy_threshold))
            .unhealthy_threshold_count(i32::from(check.unhealthy_threshold))
            .set_matcher(check.matcher());
        send!(at.cx, Call::idempotent(SERVICE, "ModifyTargetGroup"), request)?;
        Ok(())
    }

    async fn set_attributes(&self, at: &At<'_, Clients>, arn: &str) -> Result<()> {
        if self.attributes.is_empty() {
            return Ok(());
        }
        let attributes =
            self.attributes.iter().map(|(key, value)| TargetGroupAttribute::builder().key(key).value(value).build());
        let request = at.cloud.elb.modify_target_group_attributes().target_group_arn(arn);
        let request = request.set_attributes(Some(attributes.collect()));
        send_fresh!(at.cx, Call::idempotent(SERVICE, "ModifyTargetGroupAttributes"), request)?;
        Ok(())
    }
}

/// The target groups of these names, as far as they exist.
pub(crate) async fn by_names(cx: &dyn Context, clients: &Clients, names: &[String]) -> Result<Vec<Described>> {
    present(names, |names| async {
        let request = clients.elb.describe_target_groups().set_names(Some(names));
        let answer = send!(cx, Call::read(SERVICE, "DescribeTargetGroups"), request)?;
        Ok(answer.target_groups.unwrap_or_default())
    })
    .await
}

/// All attributes of a target group.
pub(crate) async fn attributes(cx: &dyn Context, clients: &Clients, arn: &str) -> Result<BTreeMap<String, String>> {
    let request = clients.elb.describe_target_group_attributes().target_group_arn(arn);
    let answer = send!(cx, Call::read(SERVICE, "DescribeTargetGroupAttributes"), request)?;
    let pairs = answer.attributes().iter();
    Ok(pairs.filter_map(|pair| Some((pair.key()?.to_owned(), pair.value().unwrap_or_default().to_owned()))).collect())
}

/// A target group's ARN.
pub(crate) fn arn(described: &Described) -> Result<String> {
    Ok(described.target_group_arn().ok_or_else(|| no_object("DescribeTargetGroups"))?.to_owned())
}

/// A target group as it is.
pub(crate) fn live(
    described: &Described,
    attributes: &BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
) -> Result<Live<String>> {
    let fields = with_attributes(
        attributes,
        json!({
            "name": described.target_group_name(),
            "vpc": described.vpc_id(),
            "protocol": described.protocol().map(ProtocolEnum::as_str),
            "port": described.port(),
            "target_type": described.target_type().map(TargetTypeEnum::as_str),
            "health_check_protocol": described.health_check_protocol().map(ProtocolEnum::as_str),
            "health_check_port": described.health_check_port(),
            "health_check_path": described.health_check_path(),
            "health_check_interval_seconds": described.health_check_interval_seconds(),
            "health_check_timeout_seconds": described.health_check_timeout_seconds(),
            "healthy_threshold": described.healthy_threshold_count(),
            "unhealthy_threshold": described.unhealthy_threshold_count(),
            "health_check_matcher": described.matcher().and_then(Matcher::http_code),
            "tags": tags,
        }),
    );
    Ok(Live::new(arn(described)?, fields, tags))
}

#[cfg(test)]
mod tests;
