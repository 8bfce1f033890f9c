//! Instance refreshes: all of a group's instances are replaced, some at a time
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html>).

mod operations;
mod preferences;
mod replace;
mod show;
mod step;

pub(super) use operations::OPERATIONS;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::source::Source;
use preferences::Preferences;

/// An instance refresh
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRefresh.html>).
#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub(super) id: String,
    pub(super) status: Status,
    reason: Option<String>,
    requested: Timestamp,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    preferences: Preferences,
    /// What the group is to launch from afterwards.
    pub(super) desired: Option<Source>,
    /// What it launched from before.
    before: Source,
    /// Instances that are still to be replaced.
    old: BTreeSet<String>,
    /// How many there were to replace.
    total: usize,
    /// How many of the replacements are done: in service, healthy and warm.
    updated: usize,
    /// Which checkpoint is next.
    checkpoint: usize,
    /// Until then a checkpoint is looked at by whoever set it.
    paused_until: Option<Timestamp>,
    bake_until: Option<Timestamp>,
    /// When it last came on.
    progressed: Timestamp,
    rollback: Option<Rollback>,
}

/// A refresh's way back.
#[derive(Debug, Clone)]
struct Rollback {
    reason: String,
    start: Timestamp,
    percentage: usize,
    to_update: usize,
}

/// Where a refresh is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    InProgress,
    Baking,
    Successful,
    Failed,
    Cancelling,
    Cancelled,
    RollbackInProgress,
    RollbackFailed,
    RollbackSuccessful,
}

impl Status {
    fn shown(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Baking => "Baking",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelling => "Cancelling",
            Self::Cancelled => "Cancelled",
            Self::RollbackInProgress => "RollbackInProgress",
            Self::RollbackFailed => "RollbackFailed",
            Self::RollbackSuccessful => "RollbackSuccessful",
        }
    }

    /// Whether it isn't over yet.
    pub(super) fn active(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress | Self::Baking | Self::Cancelling | Self::RollbackInProgress)
    }
}

impl Refresh {
    /// What instances are launched from while it is under way.
    pub(super) fn source(&self) -> &Source {
        match self.status {
            Status::RollbackInProgress | Status::Cancelling => &self.before,
            _ => self.desired.as_ref().unwrap_or(&self.before),
        }
    }

    /// What marks the instances that it launches; those that it launches on its way back are others.
    pub(super) fn generation(&self) -> String {
        match self.rollback {
            Some(_) => format!("{}-rollback", self.id),
            None => self.id.clone(),
        }
    }

    /// How much of it is done, in percent.
    fn percentage(&self) -> usize {
        match self.status {
            Status::Pending => 0,
            Status::Successful | Status::Baking if self.preferences.checkpoints.is_empty() => 100,
            _ if self.total == 0 => 100,
            Status::RollbackInProgress | Status::RollbackFailed | Status::RollbackSuccessful => {
                // It goes back to zero.
                let at_first = self.rollback.as_ref().map_or(0, |rollback| rollback.percentage);
                at_first - at_first * self.updated.min(self.total) / self.total
            }
            _ => 100 * self.updated.min(self.total) / self.total,
        }
    }

    /// It is over.
    fn end(&mut self, status: Status, now: Timestamp, reason: Option<&str>) {
        self.status = status;
        self.end = Some(now);
        self.reason = reason.map(str::to_owned);
        self.old.clear();
    }

    /// It is over, as that was asked for.
    pub(super) fn cancel(&mut self, now: Timestamp, reason: &str) {
        self.end(Status::Cancelled, now, Some(reason));
    }
}
