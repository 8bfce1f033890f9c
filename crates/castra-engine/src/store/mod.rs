//! Where journals are kept: a directory, a bucket, or memory.

mod object;
mod slots;
mod url;

#[cfg(feature = "az")]
mod az;
#[cfg(feature = "gs")]
mod gs;
#[cfg(feature = "s3")]
mod s3;

pub(crate) use slots::Put;
#[cfg(test)]
pub(crate) use slots::Slots;
pub use slots::Store;
pub use url::{Memory, StateUrl};
