//! Why a registered target isn't used
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes>).

use crate::aws::ec2::InstanceState;

/// A reason not to check a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idle {
    /// No listener and no rule names the target group.
    NotInUse,
    /// The load balancer has no node in the target's zone.
    ZoneNotEnabled,
    Stopped,
    Terminated,
    /// It has yet to run.
    Invalid,
    /// The address is a load balancer's own.
    IpUnusable,
}

impl Idle {
    /// Why an instance in that state isn't used; none if it is.
    pub(super) fn of(state: InstanceState) -> Option<Self> {
        match state {
            InstanceState::Running => None,
            InstanceState::Stopping | InstanceState::Stopped => Some(Self::Stopped),
            InstanceState::ShuttingDown | InstanceState::Terminated => Some(Self::Terminated),
            InstanceState::Pending => Some(Self::Invalid),
        }
    }

    /// The reason's code and description.
    pub(super) fn shown(self) -> (&'static str, &'static str) {
        match self {
            Self::NotInUse => {
                ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
            }
            Self::ZoneNotEnabled => {
                ("Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer")
            }
            Self::Stopped => ("Target.InvalidState", "Target is in the stopped state"),
            Self::Terminated => ("Target.InvalidState", "Target is in the terminated state"),
            Self::Invalid => ("Target.InvalidState", "Target is in an invalid state"),
            Self::IpUnusable => {
                ("Target.IpUnusable", "The IP address cannot be used as a target, as it is in use by a load balancer")
            }
        }
    }
}
