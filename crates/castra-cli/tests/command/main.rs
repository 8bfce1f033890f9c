//! The built command, as far as it needs no cloud.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod broken;
mod lab;
mod offline;
mod refused;
mod signals;
