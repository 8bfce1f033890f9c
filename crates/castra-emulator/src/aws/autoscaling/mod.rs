//! EC2 Auto Scaling: groups that keep as many instances as they should have
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/what-is-amazon-ec2-auto-scaling.html>).

mod activity;
mod balance;
mod capacity;
mod cron;
mod departure;
mod describe;
mod group;
mod group_metrics;
mod health;
mod hooks;
mod instances;
mod launch;
mod launch_configuration;
mod lifecycle;
mod lifetime;
mod member;
mod notifications;
mod objects;
mod options;
mod page;
mod places;
mod policy;
mod processes;
mod refresh;
mod schedule;
mod settings;
mod source;
mod spread;
mod state;
mod tags;
mod targets;
mod termination;
#[cfg(test)]
mod tests;
mod turn;
mod validate;

pub(crate) use policy::alarm;
pub use settings::AutoScaling;
pub(crate) use state::State;
pub(crate) use turn::stir;

use jiff::Timestamp;

use super::account::Account;
use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    activity::OPERATIONS,
    describe::OPERATIONS,
    group::OPERATIONS,
    group_metrics::OPERATIONS,
    health::OPERATIONS,
    hooks::OPERATIONS,
    instances::OPERATIONS,
    launch_configuration::OPERATIONS,
    notifications::OPERATIONS,
    policy::OPERATIONS,
    processes::OPERATIONS,
    refresh::OPERATIONS,
    schedule::OPERATIONS,
    tags::OPERATIONS,
    targets::OPERATIONS,
];

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// A group is looked at, unless it was or will be at another moment.
    Look { group: String, at: Timestamp },
    /// A scheduled action acts, unless its time was changed.
    Act { group: String, action: String, at: Timestamp },
}

/// Lets it happen.
pub(crate) fn happen(account: &mut Account, region: &str, due: Due) {
    match due {
        Due::Look { group, at } => {
            let found = account.region(region).autoscaling.groups.get(&group);
            if found.is_some_and(|found| found.wake == Some(at)) {
                turn::look(account, region, &group);
            }
        }
        Due::Act { group, action, at } => schedule::act(account, region, &group, &action, at),
    }
}
