//! Listeners: on which port a balancer takes what, and what it does with it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Certificate, Listener as Described, ProtocolEnum, RedirectActionConfig,
    RedirectActionStatusCodeEnum,
};
use castra_core::resource::{At, Found, Kind, Output as _, Recovery, Ref};
use castra_core::{Call, Context, FieldChange, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::live::Live;
use super::load_balancing::{SERVICE, no_object};
use super::{LoadBalancer, Protocol, TargetGroup};
use crate::call::{gone, send, send_fresh};
use crate::client::Clients;
use crate::elb_tags::{self, Tags};

/// What a listener does with what it takes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ListenerAction {
    /// Passes it on to the healthy targets of a group.
    Forward(Ref<TargetGroup>),
    /// Sends clients to the same URL by HTTPS on port 443, for good (status 301).
    RedirectToHttps,
}

/// A listener of a balancer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Listener {
    /// Its balancer.
    pub(crate) load_balancer: Ref<LoadBalancer>,
    /// Its port. A balancer has one listener a port.
    pub(crate) port: u16,
    /// What clients speak.
    pub(crate) protocol: Protocol,
    /// The ARN of the certificate that it shows, with HTTPS and TLS.
    pub(crate) certificate: Option<String>,
    /// The TLS protocols and ciphers that it takes, by the name of a predefined policy. AWS chooses when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ssl_policy: Option<String>,
    /// What it does.
    pub(crate) action: ListenerAction,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for Listener {
    const KIND: &'static str = "lb_listener";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["load_balancer"];
    type Output = String;
    type Cloud = Clients;

    /// A listener's name is its balancer and port; one with our tags on another port is ours too, and its port differs.
    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let listeners = of_balancer(at.cx, at.cloud, at.get(&self.load_balancer)?.id()).await?;
        let arns: Vec<String> = listeners.iter().filter_map(|one| one.listener_arn().map(str::to_owned)).collect();
        let tags = elb_tags::read(at.cx, at.cloud, &arns).await?;
        let mut by_port = None;
        for listener in &listeners {
            let live = live(listener, &tags)?;
            if live.is(at) {
                return Ok(Some(live.found(at)));
            }
            if listener.port() == Some(i32::from(self.port)) {
                by_port = Some(live.found(at));
            }
        }
        Ok(by_port)
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at
            .cloud
            .elb
            .create_listener()
            .load_balancer_arn(at.get(&self.load_balancer)?.id())
            .port(i32::from(self.port))
            .protocol(self.protocol.to_elb())
            .set_certificates(self.certificates())
            .set_ssl_policy(self.ssl_policy.clone())
            .default_actions(self.action.to_elb(at)?)
            .set_tags(Some(elb_tags::to_elb(&self.tags)));
        let answer = send_fresh!(at.cx, Call::idempotent(SERVICE, "CreateListener"), request)?;
        arn(answer.listeners().first().ok_or_else(|| no_object("CreateListener"))?)
    }

    async fn update(&self, at: &At<'_, Clients>, arn: &String, changes: &[FieldChange]) -> Result<String> {
        let mut modify = false;
        for change in changes {
            match change.field.as_str() {
                "tags" => elb_tags::sync(at, arn, &self.tags, change).await?,
                _ => modify = true,
            }
        }
        if modify {
            let request = at
                .cloud
                .elb
                .modify_listener()
                .listener_arn(arn)
                .port(i32::from(self.port))
                .protocol(self.protocol.to_elb())
                .set_certificates(self.certificates())
                .set_ssl_policy(self.ssl_policy.clone())
                .default_actions(self.action.to_elb(at)?);
            send_fresh!(at.cx, Call::idempotent(SERVICE, "ModifyListener"), request)?;
        }
        Ok(arn.clone())
    }

    async fn delete(at: &At<'_, Clients>, arn: &String) -> Result<()> {
        let request = at.cloud.elb.delete_listener().listener_arn(arn);
        gone(send!(at.cx, Call::idempotent(SERVICE, "DeleteListener"), request))
    }
}

impl Listener {
    fn certificates(&self) -> Option<Vec<Certificate>> {
        self.certificate.as_ref().map(|arn| vec![Certificate::builder().certificate_arn(arn).build()])
    }
}

impl ListenerAction {
    fn to_elb(&self, at: &At<'_, Clients>) -> Result<Action> {
        Ok(match self {
            Self::Forward(group) => {
                Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(at.get(group)?.id()).build()
            }
            Self::RedirectToHttps => {
                let redirect = RedirectActionConfig::builder()
                    .protocol("HTTPS")
                    .port("443")
                    .status_code(RedirectActionStatusCodeEnum::Http301)
                    .build();
                Action::builder().r#type(ActionTypeEnum::Redirect).redirect_config(redirect).build()
            }
        })
    }
}

/// The listeners of a balancer. Fifty are the most that one has, and a page holds all of them.
pub(crate) async fn of_balancer(cx: &dyn Context, clients: &Clients, balancer: &str) -> Result<Vec<Described>> {
    let request = clients.elb.describe_listeners().load_balancer_arn(balancer);
    let answer = send!(cx, Call::read(SERVICE, "DescribeListeners"), request)?;
    Ok(answer.listeners.unwrap_or_default())
}

fn arn(described: &Described) -> Result<String> {
    Ok(described.listener_arn().ok_or_else(|| no_object("DescribeListeners"))?.to_owned())
}

/// A listener as it is. `tags` are those of several objects, its own among them.
pub(crate) fn live(described: &Described, tags: &Tags) -> Result<Live<String>> {
    let output = arn(described)?;
    let tags = tags.get(&output).cloned().unwrap_or_default();
    let fields = json!({
        "load_balancer": described.load_balancer_arn(),
        "port": described.port(),
        "protocol": described.protocol().map(ProtocolEnum::as_str),
        "certificate": described.certificates().first().and_then(Certificate::certificate_arn),
        "ssl_policy": described.ssl_policy(),
        "action": action(described.default_actions()),
        "tags": tags,
    });
    Ok(Live::new(output, fields, tags))
}

/// What a listener does, as [`ListenerAction`] says it; anything that it couldn't say shows as what it is.
fn action(actions: &[Action]) -> Value {
    let [action] = actions else { return actions.iter().map(one_action).collect() };
    one_action(action)
}

fn one_action(action: &Action) -> Value {
    match action.r#type() {
        Some(ActionTypeEnum::Forward) => {
            let groups = action.forward_config().map(|config| config.target_groups()).unwrap_or_default();
            // One target group stands in either place, or in both.
            if let (Some(arn), 0 | 1) = (action.target_group_arn(), groups.len()) {
                return json!({ "forward": arn });
            }
            match groups {
                [one] => json!({ "forward": one.target_group_arn() }),
                several => json!({
                    "forward": several.iter().map(|one| json!([one.target_group_arn(), one.weight()])).collect::<Vec<_>>()
                }),
            }
        }
        Some(ActionTypeEnum::Redirect) => action.redirect_config().map_or(json!("redirect"), redirect),
        other => json!(other.map(ActionTypeEnum::as_str)),
    }
}

fn redirect(config: &RedirectActionConfig) -> Value {
    let target = format!(
        "{}://{}:{}{}?{}",
        config.protocol().unwrap_or("#{protocol}"),
        config.host().unwrap_or("#{host}"),
        config.port().unwrap_or("#{port}"),
        config.path().unwrap_or("/#{path}"),
        config.query().unwrap_or("#{query}"),
    );
    if target == "HTTPS://#{host}:443/#{path}?#{query}"
        && config.status_code() == Some(&RedirectActionStatusCodeEnum::Http301)
    {
        return json!("redirect_to_https");
    }
    json!({ "redirect": target, "status": config.status_code().map(RedirectActionStatusCodeEnum::as_str) })
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{ForwardActionConfig, TargetGroupTuple};

    use super::*;

    fn forward(arn: Option<&str>, groups: &[&str]) -> Action {
        let groups: Vec<TargetGroupTuple> =
            groups.iter().map(|arn| TargetGroupTuple::builder().target_group_arn(*arn).weight(1).build()).collect();
        let config = ForwardActionConfig::builder().set_target_groups(Some(groups)).build();
        Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .set_target_group_arn(arn.map(str::to_owned))
            .forward_config(config)
            .build()
    }

    #[test]
    fn one_target_group_reads_the_same_wherever_it_stands() {
        for live in [forward(Some("tg"), &[]), forward(Some("tg"), &["tg"]), forward(None, &["tg"])] {
            assert_eq!(action(&[live]), json!({"forward": "tg"}));
        }
        let wanted = serde_json::to_value(ListenerAction::Forward(Ref::existing("tg".to_owned()))).ok();
        assert_eq!(wanted, Some(json!({"forward": "tg"})));
    }

    #[test]
    fn several_target_groups_or_actions_differ_from_one() {
        assert_eq!(action(&[forward(None, &["a", "b"])]), json!({"forward": [["a", 1], ["b", 1]]}));
        assert!(action(&[forward(Some("a"), &[]), forward(Some("a"), &[])]).is_array());
        assert_eq!(action(&[Action::builder().r#type(ActionTypeEnum::FixedResponse).build()]), json!("fixed-response"));
    }

    #[test]
    fn a_redirect_to_https_is_known_with_and_without_its_defaults() {
        let short = RedirectActionConfig::builder()
            .protocol("HTTPS")
            .port("443")
            .status_code(RedirectActionStatusCodeEnum::Http301);
        let long = short.clone().host("#{host}").path("/#{path}").query("#{query}");
        let wanted = serde_json::to_value(ListenerAction::RedirectToHttps).ok();
        for live in [&short, &long] {
            assert_eq!(Some(redirect(&live.clone().build())), wanted);
        }
        for other in [short.clone().port("8443"), short.clone().host("elsewhere"), short.path("/")] {
            assert_ne!(Some(redirect(&other.build())), wanted);
        }
    }
}
