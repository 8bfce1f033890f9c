//! Examples of using Castra as a library: `library` plans, builds, scales and removes a cluster; `emulated` does
//! so in an AWS inside its own process, and is cut off on the way; `on_aws` and `on_google_cloud` are one [`tool`] on two
//! clouds; `null` runs the engine alone over resources that do
//! nothing.
//!
//! The examples of the README are tested here.
#![doc = include_str!("../../README.md")]

pub mod nowhere;
pub mod tool;
