//! What a node does when it boots, on any cloud: the script that a backend gives to its machines.

mod stub;

pub use stub::{authorized_keys, stub};
