//! Google Cloud, emulated in this process, with a clock that jumps: nobody waits. One file tells of one part of a
//! cluster; `sdk` has no Castra in it, only Google's own Rust client.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod balancers;
mod facts;
mod life;
mod machines;
mod marks;
mod network;
mod operations;
mod roles;
mod sdk;
mod sweep;
mod young;
