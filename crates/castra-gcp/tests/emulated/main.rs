//! The backend on an emulator in this process, by the engine, with a clock that jumps: nobody waits. One file tells of one
//! part of a cluster.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod balancers;
mod certificate;
#[path = "../../../../tests/src/clock.rs"]
#[expect(unreachable_pub, reason = "the crate that it is of exports it")]
mod clock;
mod facts;
#[path = "../../../../tests/src/idle.rs"]
#[expect(dead_code, reason = "other tests look at whole processes too")]
mod idle;
mod lab;
mod life;
mod machines;
mod marks;
mod meddle;
mod network;
mod operations;
