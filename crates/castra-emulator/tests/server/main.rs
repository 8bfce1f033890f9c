//! The emulator as a client sees it: over HTTP, with a client that knows nothing but HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accounts;
mod client;
mod clock;
mod control;
mod credentials;
mod faults;
mod garbage;
mod model;
mod project_faults;
mod projects;
mod proxy;
