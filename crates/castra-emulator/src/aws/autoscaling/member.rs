//! Instances as members of a group.

use jiff::Timestamp;

use super::hooks::Wait;

/// A member of a group.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The instance's id.
    pub(super) id: String,
    pub(super) instance_type: String,
    pub(super) zone: String,
    pub(super) image: String,
    /// What it was launched from; none for instances that were attached.
    pub(super) launched_from: Option<LaunchedFrom>,
    /// How much of the desired capacity it is.
    pub(super) weight: i64,
    /// Whether its weight is shown, as it comes from an override.
    pub(super) weighted: bool,
    pub(super) state: Lifecycle,
    pub(super) since: Timestamp,
    /// When its state's time is over, once that is known.
    pub(super) ready: Option<Timestamp>,
    pub(super) joined: Timestamp,
    /// When it came into service.
    pub(super) in_service: Option<Timestamp>,
    /// For how many seconds it warms up then.
    pub(super) warmup: i64,
    pub(super) healthy: bool,
    /// Since when a check fails, and which.
    pub(super) ailing: Option<(Timestamp, Ailment)>,
    pub(super) protected: bool,
    /// The activity that is under way for it.
    pub(super) activity: Option<String>,
    /// Hooks that it waits for.
    pub(super) waits: Vec<Wait>,
    /// It was launched in addition to the desired capacity.
    pub(super) extra: Option<Extra>,
    /// The refresh that launched it.
    pub(super) refresh: Option<String>,
    /// Whether EC2 was told to terminate it.
    pub(super) killed: bool,
}

/// The launch template and version that an instance was launched from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LaunchedFrom {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: u64,
}

/// Why an instance was launched in addition to the desired capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    /// One in a fuller zone goes once it serves.
    Rebalance,
    /// One of the old goes once it serves.
    Refresh,
    /// An unhealthy one goes once it serves.
    Replacement,
}

/// A check that an instance fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ailment {
    /// It isn't running.
    Gone,
    /// A status check of EC2 fails.
    StatusCheck,
    /// A load balancer's health check fails.
    LoadBalancer,
    /// SetInstanceHealth said so.
    User,
}

impl Ailment {
    /// How a termination's cause ends, after "an instance was taken out of service in response to".
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-healthchecks.html> has them.
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Gone => "an EC2 health check indicating it has been terminated or stopped",
            Self::StatusCheck => "an EC2 instance status check failure",
            Self::LoadBalancer => "an ELB system health check failure",
            Self::User => "a user health-check",
        }
    }
}

/// Where a member is in its life
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifecycle {
    Pending,
    PendingWait,
    PendingProceed,
    InService,
    Terminating,
    TerminatingWait,
    TerminatingProceed,
    Detaching,
    EnteringStandby,
    Standby,
}

impl Lifecycle {
    /// As describes show it.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::PendingWait => "Pending:Wait",
            Self::PendingProceed => "Pending:Proceed",
            Self::InService => "InService",
            Self::Terminating => "Terminating",
            Self::TerminatingWait => "Terminating:Wait",
            Self::TerminatingProceed => "Terminating:Proceed",
            Self::Detaching => "Detaching",
            Self::EnteringStandby => "EnteringStandby",
            Self::Standby => "Standby",
        }
    }

    /// Whether it counts towards the desired capacity.
    pub(super) fn counts(self) -> bool {
        matches!(self, Self::Pending | Self::PendingWait | Self::PendingProceed | Self::InService)
    }

    /// Whether it is on its way into service.
    pub(super) fn arriving(self) -> bool {
        self.counts() && self != Self::InService
    }

    /// Whether it is on its way to termination.
    pub(super) fn terminating(self) -> bool {
        matches!(self, Self::Terminating | Self::TerminatingWait | Self::TerminatingProceed)
    }

    /// Whether it stays as it is until something is done.
    pub(super) fn settled(self) -> bool {
        matches!(self, Self::InService | Self::Standby)
    }
}

impl Member {
    /// Enters a state.
    pub(super) fn enter(&mut self, state: Lifecycle, now: Timestamp, ready: Option<Timestamp>) {
        self.state = state;
        self.since = now;
        self.ready = ready;
    }

    /// Whether it has been in service for that long.
    pub(super) fn warm(&self, now: Timestamp, seconds: i64) -> bool {
        self.in_service.is_some_and(|since| now.duration_since(since).as_secs() >= seconds)
    }
}
