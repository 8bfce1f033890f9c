//! DescribeTargetGroups (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html>).

use super::super::arn::Resource;
use super::super::refuse::invalid;
use super::super::{load_balancer, page};
use super::TargetGroup;
use crate::aws::call::Call;
use crate::aws::error::Answer;

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let (arns, names, balancer) = (call.texts("TargetGroupArns"), call.texts("Names"), call.text("LoadBalancerArn"));
    if [!arns.is_empty(), !names.is_empty(), balancer.is_some()].iter().filter(|given| **given).count() > 1 {
        let message =
            "Target group names, target group ARNs, and a load balancer ARN cannot be specified at the same time";
        return Err(invalid(message));
    }
    arns.iter().try_for_each(|arn| Resource::TargetGroup.check(arn))?;
    if let Some(balancer) = balancer {
        load_balancer::find(call, balancer)?;
    }
    let region = call.region;
    call.here();
    let account = &*call.account;
    let Some(elb) = account.regions.get(region).map(|here| &here.elb) else {
        return page::of(call, MEMBER, Vec::new());
    };
    let there: Vec<&TargetGroup> = elb.target_groups.values().filter(|it| account.shows(&it.arn, it.created)).collect();
    if arns.iter().chain(&names).any(|wanted| !there.iter().any(|it| it.arn == *wanted || it.name == *wanted)) {
        return Err(Resource::TargetGroup.some_not_found());
    }
    let of_balancer: Option<Vec<&str>> = balancer.map(|arn| elb.target_groups_of(arn).collect());
    let wanted = |it: &&&TargetGroup| {
        of_balancer.as_ref().is_none_or(|groups| groups.contains(&it.arn.as_str()))
            && (arns.is_empty() || arns.contains(&it.arn.as_str()))
            && (names.is_empty() || names.contains(&it.name.as_str()))
    };
    let shown = there.iter().filter(wanted).map(|it| (it.arn.clone(), it.shown(elb))).collect();
    page::of(call, MEMBER, shown)
}

const MEMBER: &str = "TargetGroups";
