//! DescribeListeners (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html>).

use super::super::arn::Resource;
use super::super::refuse::invalid;
use super::super::{load_balancer, page};
use super::Listener;
use crate::aws::call::Call;
use crate::aws::error::Answer;

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let (arns, balancer) = (call.texts("ListenerArns"), call.text("LoadBalancerArn"));
    match balancer {
        Some(_) if !arns.is_empty() => {
            return Err(invalid("Listener ARNs and a load balancer ARN cannot be specified at the same time"));
        }
        Some(balancer) => {
            load_balancer::find(call, balancer)?;
        }
        None if arns.is_empty() => {
            return Err(invalid("You must specify either listener ARNs or a load balancer ARN"));
        }
        None => arns.iter().try_for_each(|arn| Resource::Listener.check(arn))?,
    }
    let region = call.region;
    call.here();
    let account = &*call.account;
    let Some(elb) = account.regions.get(region).map(|here| &here.elb) else {
        return page::of(call, "Listeners", Vec::new());
    };
    let there: Vec<&Listener> = elb.listeners.values().filter(|it| account.shows(&it.arn, it.created)).collect();
    if arns.iter().any(|wanted| !there.iter().any(|it| it.arn == *wanted)) {
        return Err(Resource::Listener.some_not_found());
    }
    let wanted = |it: &&&Listener| {
        balancer.is_none_or(|balancer| it.load_balancer == balancer)
            && (arns.is_empty() || arns.contains(&it.arn.as_str()))
    };
    let shown = there.iter().filter(wanted).map(|it| (it.arn.clone(), it.shown(elb))).collect();
    page::of(call, "Listeners", shown)
}
