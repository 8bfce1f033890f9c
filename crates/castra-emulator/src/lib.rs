#![doc = include_str!("../README.md")]

mod aws;
mod chance;
mod clock;
mod cloud;
mod control;
mod emulator;
mod faults;
pub mod gcp;
mod http;
mod log;
mod merge;
#[cfg(test)]
mod mutation;
mod page;
mod pattern;
mod proxy;
mod queue;
mod registry;
mod running;
mod seconds;
mod server;
mod sight;
mod timings;
mod workload;
mod world;
mod x509;

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use aws::fuzzing;
pub use aws::{
    AutoScaling, CloudWatch, ComputeLimits, Consistency, IamLimits, LoadBalancingLimits, NetworkLimits, Object,
    Route53Limits, S3Limits, Settings, Shortage, SteadyMetric, Timings,
};
pub use clock::{Clock, Pace};
pub use emulator::{Emulator, Options};
pub use faults::{Effect, Fault, Faults, Held, InForce, Matching, Phase, Predicate, Refusal};
pub use log::{Entry, Outcome, Subject};
pub use proxy::Proxy;
pub use seconds::Seconds;
pub use workload::{Instances, Listens, Ports, Workload};
pub use world::Snapshot;
