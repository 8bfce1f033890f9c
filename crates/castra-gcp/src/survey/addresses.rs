//! What the cluster's reserved addresses say about the rest: Google tells the address of a machine or a forwarding rule,
//! and not which reserved one that is.

use std::collections::BTreeMap;

use castra_core::inventory::{Endpoint, Ownership};
use castra_core::topology::BalancerRole;
use castra_core::{Item, Kind};
use serde_json::Value;

use crate::kinds::Address;

/// The field of what has an address.
const FIELD: &str = "address";

/// Puts the path of the cluster's reserved address in place of the address itself, where an item's `address` is one.
pub(super) fn refer(items: &mut [Item]) {
    let reserved: BTreeMap<String, String> =
        own(items).filter_map(|item| Some((text(item)?.to_owned(), item.id.clone()))).collect();
    for item in items.iter_mut().filter(|item| item.address.kind() != Address::KIND) {
        if let Some(path) = text(item).and_then(|address| reserved.get(address)).cloned()
            && let Some(field) = item.fields.get_mut(FIELD)
        {
            *field = Value::String(path);
        }
    }
}

/// Where the load balancers are reached.
pub(super) fn endpoints(items: &[Item]) -> Vec<Endpoint> {
    let of = |role: BalancerRole| own(items).find(|item| item.address.name().starts_with(role.as_str())).and_then(text);
    let endpoint = |role: BalancerRole, url: String| Endpoint::new(role.as_str(), url);
    let application = of(BalancerRole::Application).map(|address| format!("https://{address}"));
    let application = application.map(|url| endpoint(BalancerRole::Application, url));
    let control = of(BalancerRole::Control).map(|address| endpoint(BalancerRole::Control, address.to_owned()));
    application.into_iter().chain(control).collect()
}

fn own(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| item.address.kind() == Address::KIND && item.ownership == Ownership::Ours)
}

fn text(item: &Item) -> Option<&str> {
    item.fields.get(FIELD)?.as_str()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::json;

    use super::*;
    use crate::kinds::{AddressOutput, Network};

    const PATH: &str = "projects/p1/regions/r/addresses/camp-application";

    fn address(name: &str, address: &str) -> Item {
        let output = AddressOutput { id: PATH.into(), address: address.parse().unwrap() };
        Item::new::<Address>(name, json!({ "address": address }), output)
    }

    /// What has an address, of whatever kind.
    fn user(address: &str) -> Item {
        Item::new::<Network>("main", json!({ "address": address }), "user".into())
    }

    #[test]
    fn what_has_a_reserved_address_refers_to_it() {
        let stranger = address("control", "192.0.2.3").ownership(Ownership::Foreign("of nobody".into()));
        let mut items = vec![
            user("192.0.2.1"),
            user("192.0.2.2"),
            user("192.0.2.3"),
            address("application", "192.0.2.1"),
            stranger,
        ];
        refer(&mut items);
        let fields: Vec<_> = items.iter().filter_map(text).collect();
        assert_eq!(fields, [PATH, "192.0.2.2", "192.0.2.3", "192.0.2.1", "192.0.2.3"]);
    }

    #[test]
    fn the_balancers_are_reached_at_their_addresses() {
        let items = [
            address("control", "10.0.0.9"),
            address("application-public", "192.0.2.1"),
            address("primary-0", "10.0.0.4"),
        ];
        let endpoints = endpoints(&items);
        let seen: Vec<_> = endpoints.iter().map(|one| (one.name.as_str(), one.url.as_str())).collect();
        assert_eq!(seen, [("application", "https://192.0.2.1"), ("control", "10.0.0.9")]);
    }
}
