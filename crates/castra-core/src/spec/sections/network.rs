//! `[network]`: create one, or use one.

use crate::spec::address::NetworkRange;
use crate::spec::{Network, Reader};

const EITHER: &str = "write cidr to create a network, or existing = true to use the one named in [provider]";

pub(in crate::spec) fn network(section: &mut Reader<'_>) -> Option<Network> {
    let existing = section.or("existing", false);
    let has_range = section.has("cidr");
    let range: Option<NetworkRange> = section.optional("cidr");
    match (existing?, has_range) {
        (true, true) => {
            section.refuse("cidr", "a network is given as existing and as one to create", EITHER);
            None
        }
        (true, false) => Some(Network::Existing),
        (false, true) => Some(Network::Create { cidr: range?.0 }),
        (false, false) => {
            section.refuse("cidr", "is missing", EITHER);
            None
        }
    }
}
