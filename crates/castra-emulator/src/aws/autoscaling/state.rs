//! What Auto Scaling holds in a region.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use serde_json::Value;

use super::activity::Activity;
use super::hooks::Hook;
use super::member::Member;
use super::policy::Policy;
use super::refresh::Refresh;
use super::schedule::Scheduled;
use super::source::Source;
use super::spread::Place;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By name.
    pub(super) groups: BTreeMap<String, Group>,
    /// Activities of deleted groups, the latest first.
    pub(super) past: VecDeque<Activity>,
}

/// An Auto Scaling group
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html>).
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) created: Timestamp,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) desired: i64,
    pub(super) source: Source,
    /// Where instances may be, in the order of the request.
    pub(super) places: Vec<Place>,
    /// As given; none if the group was created by zones.
    pub(super) subnets: Option<String>,
    /// What else can be set, in the contract's names: shown as it is.
    pub(super) options: Options,
    /// By key: value, and whether new instances get it.
    pub(super) tags: BTreeMap<String, (String, bool)>,
    /// Target groups in the order of their attachment.
    pub(super) targets: Vec<Attached>,
    pub(super) hooks: BTreeMap<String, Hook>,
    pub(super) policies: BTreeMap<String, Policy>,
    pub(super) schedules: BTreeMap<String, Scheduled>,
    /// Topic and kind of event.
    pub(super) notifications: BTreeSet<(String, String)>,
    /// Names of suspended processes, and why.
    pub(super) suspended: BTreeMap<String, String>,
    pub(super) metrics: BTreeSet<String>,
    /// In the order of their joining.
    pub(super) members: Vec<Member>,
    /// The latest first.
    pub(super) activities: VecDeque<Activity>,
    /// The latest first.
    pub(super) refreshes: VecDeque<Refresh>,
    /// Sentences on why the desired capacity changed, for the next activity's cause.
    pub(super) reasons: Vec<String>,
    /// Until then simple policies and whoever honours cooldowns wait.
    pub(super) cooldown_until: Option<Timestamp>,
    /// An activity is under way: so many seconds of cooldown follow its end.
    pub(super) cooling: Option<i64>,
    /// No launch or scale-in before: what was asked for takes a moment to begin.
    pub(super) act_after: Option<Timestamp>,
    /// A step or target tracking policy has set the desired capacity: what is launched for it warms up for so many
    /// seconds.
    pub(super) warmup: Option<i64>,
    /// How many of the missing stood for unhealthy instances.
    pub(super) replacements: usize,
    pub(super) failures: Failures,
    /// It is to go, with its members.
    pub(super) deleting: bool,
    /// When it is next looked at, if that is scheduled.
    pub(super) wake: Option<Timestamp>,
    /// When it was last looked at.
    pub(super) looked: Option<Timestamp>,
    /// When an imbalance between zones was first seen.
    pub(super) unbalanced: Option<Timestamp>,
}

/// Settings of a group that are shown as they were given.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) cooldown: i64,
    pub(super) health_check_type: String,
    pub(super) grace_period: i64,
    pub(super) termination_policies: Vec<String>,
    pub(super) protect_new: bool,
    pub(super) default_warmup: Option<i64>,
    /// Percentages: minimum and maximum healthy.
    pub(super) maintenance: Option<(i64, i64)>,
    /// `balanced-best-effort`, `balanced-only`, ..
    pub(super) distribution: String,
    /// `none`, `prevent-force-deletion` or `prevent-all-deletion`.
    pub(super) deletion_protection: String,
    pub(super) placement_group: Option<String>,
    pub(super) role: String,
    /// Other members, in the contract's names.
    pub(super) inert: BTreeMap<String, Value>,
}

/// A target group that a group's instances are registered with.
#[derive(Debug, Clone)]
pub(super) struct Attached {
    pub(super) arn: String,
    pub(super) state: AttachedState,
    pub(super) since: Timestamp,
}

/// How far the attachment of a target group is
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TrafficSourceState.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttachedState {
    Adding,
    Added,
    InService,
    /// Until then its targets drain.
    Removing(Timestamp),
}

/// Launches that failed.
#[derive(Debug, Clone, Default)]
pub(super) struct Failures {
    /// In a row.
    pub(super) count: u32,
    /// When the first of them was.
    pub(super) first: Option<Timestamp>,
    /// No launch before.
    pub(super) wait_until: Option<Timestamp>,
    /// Zones that lacked capacity: they are the last choice until then.
    pub(super) zones: BTreeMap<String, Timestamp>,
    /// The latest message.
    pub(super) message: String,
}

impl State {
    /// The ARN of a group.
    pub(crate) fn arn(&self, group: &str) -> Option<&str> {
        self.groups.get(group).map(|group| group.arn.as_str())
    }

    /// Keys and values of a group's tags.
    pub(crate) fn tags(&self, group: &str) -> impl Iterator<Item = (&str, &str)> {
        let tags = self.groups.get(group).into_iter().flat_map(|group| &group.tags);
        tags.map(|(key, (value, _))| (key.as_str(), value.as_str()))
    }

    /// ARNs of the groups that act with a service-linked role.
    pub(crate) fn acting_as(&self, role: &str) -> impl Iterator<Item = &str> {
        self.groups.values().filter(move |group| group.options.role == role).map(|group| group.arn.as_str())
    }
}

impl Group {
    /// Whether a process is suspended.
    pub(super) fn suspends(&self, process: &str) -> bool {
        self.suspended.contains_key(process)
    }

    /// The member with that instance id.
    pub(super) fn member(&self, id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// As [`Group::member`].
    pub(super) fn member_mut(&mut self, id: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.id == id)
    }

    /// Capacity that counts towards what is desired: instances that serve or are going to.
    pub(super) fn capacity(&self) -> i64 {
        self.members.iter().filter(|member| member.state.counts()).map(|member| member.weight).sum()
    }

    /// Capacity launched beyond what is desired, so that something else can go once it serves.
    pub(super) fn extra(&self) -> i64 {
        self.members.iter().filter(|member| member.extra.is_some() && member.state.counts()).map(|m| m.weight).sum()
    }

    /// Has the group strive for another size, for that reason: a sentence's middle, such as `a user request explicitly
    /// set group desired capacity`.
    pub(super) fn want(&mut self, desired: i64, reason: &str, now: Timestamp, act_after: Timestamp) {
        if desired != self.desired {
            let at = super::activity::at(now);
            self.reasons
                .push(format!("At {at} {reason} changing the desired capacity from {} to {desired}.", self.desired));
        }
        self.desired = desired;
        self.act_after = Some(act_after);
        self.warmup = None;
    }

    /// Whether instances are being launched or terminated.
    pub(super) fn busy(&self) -> bool {
        self.members.iter().any(|member| !member.state.settled())
    }

    /// An activity begins that a cooldown follows, unless a policy has one of its own
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html>).
    pub(super) fn begin_cooldown(&mut self) {
        self.cooling.get_or_insert(self.options.cooldown);
    }

    /// The refresh that is under way.
    pub(super) fn refresh(&self) -> Option<&Refresh> {
        self.refreshes.front().filter(|refresh| refresh.status.active())
    }
}
