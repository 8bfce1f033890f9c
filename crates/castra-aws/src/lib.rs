//! Castra's AWS backend: a cluster on EC2, Auto Scaling and Elastic Load Balancing, straight through the AWS SDK.
//!
//! [`Aws`] is the backend. One resource kind stands in one file under `kinds`.

mod backend;
mod call;
#[cfg(feature = "acm")]
mod certificate;
mod client;
mod elb_tags;
mod error;
mod facts;
mod graph;
mod kinds;
mod names;
mod read_only;
mod settings;
mod survey;
mod tags;
mod user_data;

pub use backend::Aws;
pub use client::Connection;
pub use settings::{AwsProvider, Image, NatGateways, Settings};
