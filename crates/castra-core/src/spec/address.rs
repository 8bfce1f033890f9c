//! Ranges of addresses.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use super::sensitive::shown;
use super::{Field, Invalid, Node, Reader};

impl Field for Ipv4Net {
    /// An IPv4 range in canonical form: no bit set after the prefix.
    fn read(node: &Node) -> Result<Self, Invalid> {
        let text = node.text()?;
        if let Ok(range) = text.parse::<Self>() {
            let canonical = range.trunc();
            return if range == canonical {
                Ok(range)
            } else {
                Err(Invalid::new(
                    format!("{range} is an address within a range, not the range"),
                    format!("write \"{canonical}\""),
                ))
            };
        }
        let shown = shown(text);
        Err(match (text.parse::<IpNet>(), text.parse::<IpAddr>()) {
            (Ok(IpNet::V6(_)), _) | (_, Ok(IpAddr::V6(_))) => {
                Invalid::new(format!("{shown} is IPv6, which clusters don't use"), "write an IPv4 range")
            }
            (_, Ok(IpAddr::V4(address))) => Invalid::new(
                format!("{shown} has no prefix length"),
                format!(
                    "write \"{address}/32\" for that address alone, or the prefix length of the range that it begins"
                ),
            ),
            _ => Invalid::new(
                format!("{shown} isn't an IPv4 range"),
                "write an address and a prefix length, such as \"10.20.0.0/16\"",
            ),
        })
    }
}

/// The private space: RFC 1918, section 3, and RFC 6598, section 7.
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
];

/// The range of a network to create.
pub(super) struct NetworkRange(pub(super) Ipv4Net);

/// The widest and narrowest range of a network. A /16 is the widest that every cloud has; a /22 leaves each
/// zone a private subnet of 256 addresses and a public one of 64.
const WIDEST: u8 = 16;
const NARROWEST: u8 = 22;

impl Field for NetworkRange {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let range = Ipv4Net::read(node)?;
        let prefix = range.prefix_len();
        if prefix < WIDEST {
            let remedy = Ipv4Net::new(range.network(), WIDEST)
                .map_or_else(|_| "write a /16".to_owned(), |fitting| format!("write \"{fitting}\" or smaller"));
            return Err(Invalid::new(format!("{range} is larger than a network may be, a /{WIDEST}"), remedy));
        }
        if prefix > NARROWEST {
            return Err(Invalid::new(
                format!(
                    "{range} is too small: three zones with a private and a public subnet each need a /{NARROWEST}"
                ),
                format!("write a range from /{WIDEST} to /{NARROWEST}, such as \"10.20.0.0/16\""),
            ));
        }
        let private = PRIVATE
            .iter()
            .filter_map(|(base, prefix)| Ipv4Net::new(*base, *prefix).ok())
            .any(|space| space.contains(&range));
        if !private {
            return Err(Invalid::new(
                format!("{range} isn't private address space"),
                "write a range within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
            ));
        }
        Ok(Self(range))
    }
}

/// Reads a list of ranges none of which holds another.
pub(super) fn distinct_ranges(section: &mut Reader<'_>, key: &'static str) -> Option<Vec<Ipv4Net>> {
    let ranges: Vec<Ipv4Net> = section.list(key)?;
    let mut apart = true;
    for (later, range) in ranges.iter().enumerate() {
        for (earlier, other) in ranges.iter().take(later).enumerate() {
            let message = if range == other {
                format!("{range} is given twice, first at {key}[{earlier}]")
            } else if other.contains(range) {
                format!("{range} lies within {other} at {key}[{earlier}]")
            } else if range.contains(other) {
                format!("{range} holds {other} at {key}[{earlier}]")
            } else {
                continue;
            };
            section.refuse(&format!("{key}[{later}]"), message, "keep the one that is meant and remove the other");
            apart = false;
        }
    }
    apart.then_some(ranges)
}
