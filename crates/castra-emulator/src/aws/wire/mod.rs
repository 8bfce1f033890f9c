//! The wire protocols: EC2 and Query XML, JSON, REST-XML, CBOR.

mod parse;
mod service;
mod write;

pub(crate) use parse::{identify, input};
pub(crate) use service::{Signature, signature};
pub(crate) use write::{answer, refuse};
