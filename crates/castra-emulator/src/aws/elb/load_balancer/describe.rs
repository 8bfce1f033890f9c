//! DescribeLoadBalancers (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>).

use super::super::arn::Resource;
use super::super::page;
use super::super::refuse::invalid;
use super::LoadBalancer;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// The most load balancers that one call names.
const MOST_NAMED: usize = 20;

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let (arns, names) = (call.texts("LoadBalancerArns"), call.texts("Names"));
    if !arns.is_empty() && !names.is_empty() {
        return Err(invalid("Load balancer names and load balancer ARNs cannot be specified at the same time"));
    }
    if arns.len().max(names.len()) > MOST_NAMED {
        return Err(invalid(format!("Up to {MOST_NAMED} load balancers can be specified")));
    }
    arns.iter().try_for_each(|arn| Resource::LoadBalancer.check(arn))?;
    let region = call.region;
    call.here();
    let account = &*call.account;
    let there: Vec<&LoadBalancer> = account
        .regions
        .get(region)
        .into_iter()
        .flat_map(|here| here.elb.load_balancers.values())
        .filter(|it| account.shows(&it.arn, it.created))
        .collect();
    for wanted in arns.iter().chain(&names) {
        if !there.iter().any(|it| it.arn == *wanted || it.name == *wanted) {
            let message = format!("Load balancers '[{wanted}]' not found");
            return Err(ApiError::new("LoadBalancerNotFound", message));
        }
    }
    let wanted = |it: &&&LoadBalancer| {
        (arns.is_empty() && names.is_empty()) || arns.contains(&it.arn.as_str()) || names.contains(&it.name.as_str())
    };
    let shown = there.iter().filter(wanted).map(|it| (it.arn.clone(), it.shown(region))).collect();
    page::of(call, "LoadBalancers", shown)
}
