//! Examples of using Castra as a library: `library` plans, builds, scales and removes a cluster; `null` runs the engine
//! alone over resources that do nothing.
//!
//! The examples of the README are tested here.
#![doc = include_str!("../../README.md")]

pub mod nowhere;
