//! The wire protocols: EC2 and Query XML, JSON, REST-XML, CBOR.

mod parse;
mod write;
