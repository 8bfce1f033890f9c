//! AWS: accounts, regions, services.

mod account;
mod acm;
mod autoscaling;
mod call;
mod caller;
mod cloudwatch;
mod contract;
mod contracts;
mod dispatch;
mod ec2;
mod elb;
mod error;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod iam;
mod kms;
mod limits;
mod mishap;
mod object;
mod quotas;
mod recognise;
mod route53;
mod s3;
mod secrecy;
mod secrets;
mod services;
mod settings;
mod shortage;
mod ssm;
mod sts;
#[cfg(test)]
mod testing;
mod timings;
mod validate;
mod wire;

pub(crate) use account::Account;
pub use autoscaling::AutoScaling;
pub use cloudwatch::{CloudWatch, SteadyMetric};
pub(crate) use dispatch::Aws;
pub use elb::LoadBalancingLimits;
pub(crate) use error::ApiError;
pub use iam::IamLimits;
pub use limits::{ComputeLimits, NetworkLimits, Route53Limits, S3Limits};
pub use object::Object;
pub(crate) use recognise::Recognised;
pub use settings::{Consistency, Settings};
pub use shortage::Shortage;
pub use timings::Timings;
