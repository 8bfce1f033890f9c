//! What the tests on Google Cloud share.

pub(crate) mod certificate;
mod lab;
mod meddle;

pub(crate) use lab::reference;
pub use lab::{Lab, REGION};
