//! Groups in the lab.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
