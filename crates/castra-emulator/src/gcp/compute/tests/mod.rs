//! Tests of what all kinds share, and of networks.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod lists;
mod networks;
mod operations;
mod requests;
