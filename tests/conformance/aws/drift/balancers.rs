//! Load balancers, what they listen to and where they send it.

use anyhow::Result;
use aws_sdk_elasticloadbalancingv2 as elb;
use elb::operation::modify_listener::builders::ModifyListenerFluentBuilder;
use elb::operation::modify_target_group::builders::ModifyTargetGroupFluentBuilder;
use elb::types::{
    Action, ActionTypeEnum, Certificate, FixedResponseActionConfig, LoadBalancerAttribute, Matcher, ProtocolEnum, Tag,
    TargetDescription, TargetGroupAttribute,
};

use super::world::{Case, World, case};

const APPLICATION: &str = "lb/application";
const CONTROL: &str = "lb/control";
const GROUP: &str = "lb_target_group/application";
const LISTENER: &str = "lb_listener/application-443";
const TARGETS: &str = "lb_target_group_attachments/application";

pub(super) fn cases(emulated: bool) -> Vec<Case> {
    let tagged = [APPLICATION, CONTROL, GROUP, LISTENER].map(|address| case(address, "tags", tag));
    let balancers = vec![
        case(APPLICATION, "subnets", |w| async move {
            let two = ["subnet/public-a", "subnet/public-b"].map(|address| w.id(address));
            w.cloud.elb.set_subnets().load_balancer_arn(w.me).set_subnets(Some(two.into())).send().await?;
            Ok(())
        }),
        case(APPLICATION, "security_groups", |w| async move {
            let other = w.id("security_group/control");
            w.cloud.elb.set_security_groups().load_balancer_arn(w.me).security_groups(other).send().await?;
            Ok(())
        }),
        attribute(APPLICATION, "idle_timeout.timeout_seconds", "61"),
        attribute(APPLICATION, "routing.http.drop_invalid_header_fields.enabled", "false"),
        attribute(APPLICATION, "deletion_protection.enabled", "true"),
        attribute(CONTROL, "load_balancing.cross_zone.enabled", "false"),
    ];
    let groups = vec![
        group("health_check_protocol", |request| request.health_check_protocol(ProtocolEnum::Http)),
        group("health_check_port", |request| request.health_check_port("8080")),
        group("health_check_path", |request| request.health_check_path("/elsewhere")),
        group("health_check_interval_seconds", |request| request.health_check_interval_seconds(61)),
        group("health_check_timeout_seconds", |request| request.health_check_timeout_seconds(4)),
        group("healthy_threshold", |request| request.healthy_threshold_count(9)),
        group("unhealthy_threshold", |request| request.unhealthy_threshold_count(9)),
        group("health_check_matcher", |request| request.matcher(Matcher::builder().http_code("200-499").build())),
        group_attribute(GROUP, "deregistration_delay.timeout_seconds", "301"),
        group_attribute("lb_target_group/control-6443", "preserve_client_ip.enabled", "true"),
    ];
    let listeners = vec![
        listener("port", |_, request| request.port(8443)),
        case(LISTENER, "certificate", |w| async move {
            let other = w.cloud.acm.request_certificate().domain_name("other.example.com").send().await?;
            w.settle().await;
            let other = Certificate::builder().set_certificate_arn(other.certificate_arn).build();
            w.cloud.elb.modify_listener().listener_arn(w.me).certificates(other).send().await?;
            Ok(())
        }),
        listener("ssl_policy", |_, request| request.ssl_policy("ELBSecurityPolicy-2016-08")),
        listener("action", |_, request| {
            let closed = FixedResponseActionConfig::builder().status_code("503").build();
            let action = Action::builder().r#type(ActionTypeEnum::FixedResponse).order(1);
            request.default_actions(action.fixed_response_config(closed).build())
        }),
        // Certificate and policy go with HTTPS; moto keeps them: see `lacks`.
        listener("protocol", |_, request| request.protocol(ProtocolEnum::Http)).also(if emulated {
            &[(LISTENER, "certificate"), (LISTENER, "ssl_policy")]
        } else {
            &[]
        }),
        case("lb_listener/control-23010", "", |w| async move {
            w.cloud.elb.delete_listener().listener_arn(w.me).send().await?;
            Ok(())
        }),
    ];
    let targets = vec![
        case(TARGETS, "targets", |w| async move {
            let one = target(&w, None);
            w.cloud.elb.deregister_targets().target_group_arn(w.me).targets(one).send().await?;
            Ok(())
        }),
        case(TARGETS, "port", |w| async move {
            let request = w.cloud.elb.deregister_targets().target_group_arn(&w.me).targets(target(&w, None));
            request.send().await?;
            let request = w.cloud.elb.register_targets().target_group_arn(&w.me).targets(target(&w, Some(8443)));
            request.send().await?;
            Ok(())
        }),
        case("lb_target_group_attachments/control-6443", "targets", |w| async move {
            let stranger = TargetDescription::builder().id("10.20.0.99").port(6443).build();
            w.cloud.elb.register_targets().target_group_arn(w.me).targets(stranger).send().await?;
            Ok(())
        }),
    ];
    tagged.into_iter().chain(balancers).chain(groups).chain(listeners).chain(targets).collect()
}

fn target(w: &World, port: Option<i32>) -> TargetDescription {
    TargetDescription::builder().id(w.id("instance/primary-2")).set_port(port).build()
}

async fn tag(w: World) -> Result<()> {
    let tag = Tag::builder().key("owner").value("me").build();
    w.cloud.elb.add_tags().resource_arns(w.me).tags(tag).send().await?;
    Ok(())
}

fn attribute(address: &'static str, key: &'static str, value: &'static str) -> Case {
    case(address, key, move |w| async move {
        let attribute = LoadBalancerAttribute::builder().key(key).value(value).build();
        let request = w.cloud.elb.modify_load_balancer_attributes().load_balancer_arn(w.me);
        request.attributes(attribute).send().await?;
        Ok(())
    })
}

fn group_attribute(address: &'static str, key: &'static str, value: &'static str) -> Case {
    case(address, key, move |w| async move {
        let attribute = TargetGroupAttribute::builder().key(key).value(value).build();
        let request = w.cloud.elb.modify_target_group_attributes().target_group_arn(w.me);
        request.attributes(attribute).send().await?;
        Ok(())
    })
}

fn group(field: &'static str, edit: fn(ModifyTargetGroupFluentBuilder) -> ModifyTargetGroupFluentBuilder) -> Case {
    case(GROUP, field, move |w| async move {
        edit(w.cloud.elb.modify_target_group().target_group_arn(w.me)).send().await?;
        Ok(())
    })
}

fn listener(field: &'static str, edit: fn(&World, ModifyListenerFluentBuilder) -> ModifyListenerFluentBuilder) -> Case {
    case(LISTENER, field, move |w| async move {
        edit(&w, w.cloud.elb.modify_listener().listener_arn(&w.me)).send().await?;
        Ok(())
    })
}
