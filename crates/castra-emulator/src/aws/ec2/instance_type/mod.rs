//! Instance types: what they are made of and where they are offered
//! (<https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html>).

mod catalogue;
mod describe;
mod offering;
mod show;
#[cfg(test)]
mod tests;

pub(super) use catalogue::{InstanceType, named};
pub(super) use offering::offered;

use crate::aws::call::Operations;

pub(super) const OPERATIONS: Operations =
    &[("DescribeInstanceTypes", describe::types), ("DescribeInstanceTypeOfferings", describe::offerings)];
