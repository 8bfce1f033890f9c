//! What the integration tests share: a lab of its own for each test, on an emulated cloud.

mod clock;
mod cloud;
mod gate;
pub mod gcp;
mod idle;
pub mod kill;
mod lab;
mod network;
mod real;
mod survivors;
mod thief;
mod trace;
mod wire;

pub use clock::EmulatedClock;
pub use cloud::Cloud;
pub use gate::Gate;
pub use lab::{Ids, Lab, REGION, SETTLED};
pub use network::Network;
pub use real::Real;
pub use thief::Thief;
pub use trace::{Trace, record};
