//! `[access]`.

use crate::spec::address::distinct_ranges;
use crate::spec::{Access, Reader, SshAccess, SshPublicKey};

/// The widest range that may connect by SSH: the largest private one, 10.0.0.0/8.
const WIDEST: u8 = 8;

pub(in crate::spec) fn access(section: &mut Reader<'_>) -> Option<Access> {
    let session_service = section.or("session_service", false);
    let keys = keys(section);
    let cidrs = distinct_ranges(section, "ssh_cidrs");
    let mut narrow = true;
    for (i, range) in cidrs.iter().flatten().enumerate() {
        if range.prefix_len() < WIDEST {
            section.refuse(
                &format!("ssh_cidrs[{i}]"),
                format!("{range} is too wide a range to let in by SSH"),
                format!("write the ranges of your own networks, none wider than a /{WIDEST}"),
            );
            narrow = false;
        }
    }
    let (keys, cidrs) = (keys?, cidrs?);
    let ssh = match (keys.is_empty(), cidrs.is_empty()) {
        (true, true) => None,
        (false, false) => Some(SshAccess { public_keys: keys, cidrs }),
        (true, false) => {
            section.refuse(
                "ssh_public_keys",
                "is missing beside ssh_cidrs: nobody could log in",
                "add the public keys, or remove ssh_cidrs to leave SSH off",
            );
            return None;
        }
        (false, true) => {
            section.refuse(
                "ssh_cidrs",
                "is missing beside ssh_public_keys: nobody could connect",
                "add the ranges that may connect, or remove ssh_public_keys to leave SSH off",
            );
            return None;
        }
    };
    let session_service = session_service?;
    narrow.then_some(Access { ssh, session_service })
}

fn keys(section: &mut Reader<'_>) -> Option<Vec<SshPublicKey>> {
    let keys: Vec<SshPublicKey> = section.list("ssh_public_keys")?;
    let mut apart = true;
    for (later, key) in keys.iter().enumerate() {
        if let Some(earlier) = keys.iter().take(later).position(|other| other.identity() == key.identity()) {
            section.refuse(
                &format!("ssh_public_keys[{later}]"),
                format!("this key is given twice, first at ssh_public_keys[{earlier}]"),
                "remove one of them",
            );
            apart = false;
        }
    }
    apart.then_some(keys)
}
