//! What the tests on Google Cloud share.

pub(crate) mod certificate;
mod lab;
mod meddle;

pub use lab::{Lab, REGION};
