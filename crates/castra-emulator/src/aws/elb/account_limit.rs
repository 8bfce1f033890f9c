//! What the account may have (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeAccountLimits.html>).

use serde_json::json;

use super::page;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("DescribeAccountLimits", describe)];

fn describe(call: &mut Call<'_>) -> Answer {
    let limits = &call.account.settings.load_balancing_limits;
    let named = [
        ("application-load-balancers", limits.application_load_balancers),
        ("certificates-per-application-load-balancer", limits.certificates_per_load_balancer),
        ("certificates-per-network-load-balancer", limits.certificates_per_load_balancer),
        ("condition-values-per-alb-rule", limits.condition_values_per_rule),
        ("listeners-per-application-load-balancer", limits.listeners_per_load_balancer),
        ("listeners-per-network-load-balancer", limits.listeners_per_load_balancer),
        ("network-load-balancers", limits.network_load_balancers),
        ("rules-per-application-load-balancer", limits.rules_per_load_balancer),
        ("target-groups", limits.target_groups),
        ("target-groups-per-action-on-application-load-balancer", limits.target_groups_per_action),
        ("target-groups-per-application-load-balancer", limits.target_groups_per_load_balancer),
        ("targets-per-target-group", limits.targets_per_target_group),
    ];
    let limit = |(name, max): (&str, usize)| (name.to_owned(), json!({ "Name": name, "Max": max.to_string() }));
    page::of(call, "Limits", named.into_iter().map(limit).collect())
}
