//! Input for what reads bytes: what makes sense, with something changed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The choice of service and operation.
fn choice() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 3)
}

/// Bytes put somewhere, taken out, or doubled.
#[derive(Debug, Clone)]
enum Mutation {
    Put(Index, Vec<u8>),
    Take(Index, usize),
    Double(Index, usize),
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let one = prop_oneof![
        (any::<Index>(), vec(any::<u8>(), 1..4)).prop_map(|(at, bytes)| Mutation::Put(at, bytes)),
        (any::<Index>(), select(&b"<>&;/\"'{}[]:,=.%\\\x80\xff\x00"[..]))
            .prop_map(|(at, byte)| Mutation::Put(at, vec![byte])),
        (any::<Index>(), 1..20_usize).prop_map(|(at, count)| Mutation::Take(at, count)),
        (any::<Index>(), 1..20_usize).prop_map(|(at, count)| Mutation::Double(at, count)),
    ];
    vec(one, 0..6)
}

fn mutate(mut bytes: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        let range = |at: &Index, count: usize| {
            let start = at.index(bytes.len() + 1);
            start..(start + count).min(bytes.len())
        };
        match mutation {
            Mutation::Put(at, put) => {
                let start = at.index(bytes.len() + 1);
                bytes.splice(start..start, put.iter().copied());
            }
            Mutation::Take(at, count) => drop(bytes.drain(range(at, *count))),
            Mutation::Double(at, count) => {
                let range = range(at, *count);
                let copy = bytes[range.clone()].to_vec();
                bytes.splice(range.start..range.start, copy);
            }
        }
    }
    bytes
}

/// The choice of a service and an operation, three bytes; then arbitrary bytes, or one of the seeds, changed.
pub(crate) fn data(seeds: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let rest = prop_oneof![
        1 => vec(any::<u8>(), 0..200),
        4 => (seeds, mutations()).prop_map(|(seed, mutations)| mutate(seed, &mutations)),
    ];
    (choice(), rest).prop_map(|(choice, rest)| [choice, rest].concat())
}
