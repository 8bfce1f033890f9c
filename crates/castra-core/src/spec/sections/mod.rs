//! The sections of the file, each read by a function of its own.

mod access;
mod balancer;
mod capacity;
mod network;
mod nodes;
mod opaque;
mod tags;

pub(super) use access::access;
pub(super) use balancer::load_balancer;
pub(super) use capacity::capacity;
pub(super) use network::network;
pub(super) use nodes::{primaries, secondaries};
pub(super) use opaque::{opaque, scan};
pub(super) use tags::tags;
