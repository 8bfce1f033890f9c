//! What other services use of IAM's.

use crate::aws::account::Account;
use crate::aws::elb;

/// What uses the service-linked role of that ARN: by region, the ARNs.
pub(super) fn of_role(account: &Account, role: &str) -> Vec<(String, Vec<String>)> {
    let for_load_balancers = role.contains("/elasticloadbalancing.amazonaws.com/");
    let used_by = account.regions.iter().map(|(name, region)| {
        let groups = region.autoscaling.acting_as(role);
        let balancers = region.elb.load_balancer_arns().filter(|_| for_load_balancers);
        (name.clone(), groups.chain(balancers).map(str::to_owned).collect::<Vec<_>>())
    });
    used_by.filter(|(_, arns)| !arns.is_empty()).collect()
}

/// The ARN of what uses a server certificate.
pub(super) fn of_certificate(account: &Account, arn: &str) -> Option<String> {
    account.regions.values().flat_map(|region| elb::certificate_users(&region.elb, arn)).next()
}
