//! DescribeRules (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html>).

use super::super::arn::Resource;
use super::super::refuse::invalid;
use super::super::{listener, page};
use super::Rule;
use crate::aws::call::Call;
use crate::aws::error::Answer;

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let (arns, listener) = (call.texts("RuleArns"), call.text("ListenerArn"));
    match listener {
        Some(_) if !arns.is_empty() => {
            return Err(invalid("A listener ARN and rule ARNs cannot be specified at the same time"));
        }
        Some(listener) => {
            listener::find(call, listener)?;
        }
        None if arns.is_empty() => {
            return Err(invalid("You must specify either listener rule ARNs or a listener ARN"));
        }
        None => arns.iter().try_for_each(|arn| Resource::Rule.check(arn))?,
    }
    let region = call.region;
    call.here();
    let account = &*call.account;
    let rules = account.regions.get(region).into_iter().flat_map(|here| here.elb.rules.values());
    let there: Vec<&Rule> = rules.filter(|it| account.shows(&it.arn, it.created)).collect();
    if arns.iter().any(|wanted| !there.iter().any(|it| it.arn == *wanted)) {
        return Err(Resource::Rule.some_not_found());
    }
    let wanted = |it: &&&Rule| {
        listener.is_none_or(|listener| it.listener == listener) && (arns.is_empty() || arns.contains(&it.arn.as_str()))
    };
    let mut shown: Vec<_> = there.iter().filter(wanted).map(|it| (it.place(), it.shown())).collect();
    shown.sort_by(|a, b| a.0.cmp(&b.0));
    page::of(call, "Rules", shown)
}
