//! Castra against AWS as moto plays it. Each test has an account of its own; without moto none runs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod drift;
mod life;
