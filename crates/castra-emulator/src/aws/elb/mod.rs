//! Elastic Load Balancing, version 2: application and network load balancers
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/Welcome.html>).
//!
//! The API reference lists codes and their meaning; the sentences that go with them are those that the service is known
//! to answer, as far as public issue trackers quote them, and else say what is wrong in the same form.

mod account_limit;
mod action;
mod arn;
mod attribute;
mod certificate;
mod hosted_zone;
mod limits;
mod listener;
mod load_balancer;
mod name;
mod objects;
mod page;
mod refuse;
mod rule;
mod ssl_policy;
mod state;
mod tag;
mod target;
mod target_group;
#[cfg(test)]
mod tests;

pub(crate) use certificate::users as certificate_users;
pub(crate) use hosted_zone::{AliasTarget, alias_target};
pub use limits::LoadBalancingLimits;
pub(crate) use state::{Due, State, happen};
pub(crate) use target::{Health, deregister, health, look_again, register, target_group_exists};

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    account_limit::OPERATIONS,
    attribute::OPERATIONS,
    certificate::OPERATIONS,
    listener::OPERATIONS,
    load_balancer::OPERATIONS,
    rule::OPERATIONS,
    ssl_policy::OPERATIONS,
    tag::OPERATIONS,
    target::OPERATIONS,
    target_group::OPERATIONS,
];
