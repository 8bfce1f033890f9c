//! From an operation's output, or a refusal, to the HTTP answer, for every wire protocol.
//!
//! An output is written by walking the *contract*: what the contract doesn't know can't leave the emulator. Refusals
//! are free of that, because AWS itself answers with codes and members that its models don't have.

mod answer;
mod cbor;
mod ec2;
mod elements;
mod json;
mod query;
mod refusal;
mod rest_xml;
mod status;
mod time;
mod view;
mod violation;
mod xml;

pub(crate) use answer::{answer, refuse};

#[cfg(test)]
mod tests;
