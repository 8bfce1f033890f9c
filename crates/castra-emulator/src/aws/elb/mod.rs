//! Elastic Load Balancing, version 2: application and network load balancers.

use super::call::Operations;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {}

/// Lets it happen.
pub(crate) fn happen(_account: &mut super::account::Account, _region: &str, due: Due) {
    match due {}
}

/// How a target does in a target group, as Auto Scaling sees it
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// Registered, and not yet found healthy.
    Initial,
    Healthy,
    Unhealthy,
    /// Deregistered, within its deregistration delay.
    Draining,
    /// Not registered, or not checked as no listener uses the target group.
    Unused,
}

/// Registers an instance with a target group, on the group's port; one that is registered stays as it is.
pub(crate) fn register(
    _account: &mut super::account::Account,
    _region: &str,
    _target_group_arn: &str,
    _instance_id: &str,
) -> Result<(), super::ApiError> {
    Ok(())
}

/// Deregisters an instance from a target group; answers how long it drains, which is nothing if it isn't registered.
pub(crate) fn deregister(
    _account: &mut super::account::Account,
    _region: &str,
    _target_group_arn: &str,
    _instance_id: &str,
) -> std::time::Duration {
    std::time::Duration::ZERO
}

/// How an instance does in a target group.
pub(crate) fn health(
    _account: &mut super::account::Account,
    _region: &str,
    _target_group_arn: &str,
    _instance_id: &str,
) -> Health {
    Health::Unused
}

/// Whether there is such a target group.
pub(crate) fn target_group_exists(
    _account: &mut super::account::Account,
    _region: &str,
    _target_group_arn: &str,
) -> bool {
    true
}
