//! CloudWatch: metrics and alarms
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/WhatIsCloudWatch.html>).

mod alarm;
mod data;
mod describe;
mod evaluate;
mod history;
mod metric;
mod page;
mod put_alarm;
mod query;
mod settings;
mod state;
mod statistic;
mod tags;
#[cfg(test)]
mod tests;

pub(crate) use alarm::{Alarm, Comparison, Missing, StateValue};
pub(crate) use metric::Metric;
pub use settings::{CloudWatch, SteadyMetric};
pub(crate) use state::State;
pub(crate) use statistic::Statistic;

use jiff::Timestamp;

use super::account::Account;
use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    alarm::OPERATIONS,
    data::OPERATIONS,
    describe::OPERATIONS,
    history::OPERATIONS,
    put_alarm::OPERATIONS,
    query::OPERATIONS,
    tags::OPERATIONS,
];

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// An alarm is evaluated, unless it was or will be at another moment.
    Evaluate { alarm: String, at: Timestamp },
}

/// Lets it happen.
pub(crate) fn happen(account: &mut Account, region: &str, due: Due) {
    match due {
        Due::Evaluate { alarm, at } => evaluate::evaluate(account, region, &alarm, at),
    }
}

/// Has alarms evaluated whose metric has come to have a steady value.
pub(crate) fn look_again(account: &mut Account) {
    evaluate::wake_steady(account);
}

/// Makes an alarm for a service, such as those of a target tracking policy.
pub(crate) fn put(account: &mut Account, region: &str, alarm: Alarm) {
    put_alarm::install(account, region, alarm);
}

/// Deletes an alarm of a service.
pub(crate) fn delete(account: &mut Account, region: &str, name: &str) {
    account.region(region).cloudwatch.alarms.remove(name);
}
