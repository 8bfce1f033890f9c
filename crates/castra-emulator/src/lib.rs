//! Loopback clouds for tests and demos, written from the clouds' public documentation.

mod aws;
mod chance;
mod clock;
mod control;
mod emulator;
mod faults;
mod http;
mod log;
mod seconds;
mod server;

pub use aws::{Consistency, Settings, Timings};
pub use clock::{Clock, Pace};
pub use emulator::{Emulator, Options};
pub use faults::Refusal;
pub use log::{Entry, Outcome, Subject};
pub use seconds::Seconds;
