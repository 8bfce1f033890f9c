//! What the tests on Google Cloud share.

pub(crate) mod certificate;
mod cloud;
mod lab;

pub use cloud::Cloud;
pub(crate) use lab::reference;
pub use lab::{Lab, REGION};
