//! The wire protocols: EC2 and Query XML, JSON, REST-XML, CBOR.

mod parse;
mod service;
mod write;

pub(crate) use parse::{Identified, Unidentified, identify, input};
pub(crate) use service::{Signature, signature};
pub(crate) use write::{Violation, answer, refuse};
