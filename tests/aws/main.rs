//! Castra against AWS: emulated, in this process; or as moto plays it, where `CASTRA_TEST_MOTO` says where one is. Each
//! test has an account of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod autoscaled;
mod broken;
mod budget;
mod canary;
mod conflicts;
mod drift;
mod existing;
mod gone;
mod interruption;
mod journal;
mod lacks;
mod lease;
mod life;
mod lost;
mod real;
mod session;
mod sweep;
mod throttled;
mod undo;
mod waits;
mod young;
