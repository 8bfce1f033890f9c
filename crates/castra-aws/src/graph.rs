//! From a topology to the resources that it needs on AWS. Pure: everything the cloud had to be asked is in the facts.

mod balancers;
mod groups;
mod identities;
mod network;
mod nodes;
mod room;

use std::collections::BTreeMap;

use castra_core::resource::Node;
use castra_core::spec::{Network, Problem, Problems, Spec};
use castra_core::topology::Topology;
use castra_core::{Address, Graph, Inventory, Kind, Owner};

use crate::facts::Facts;
use crate::kinds::Anchor;
use crate::names::Names;
use crate::settings::Settings;

pub(crate) use groups::GROUPS;

/// The resources of a cluster.
///
/// # Errors
/// That the network has no room, or that the cloud was looked at without the spec.
pub(crate) fn resources(
    spec: &Spec,
    topology: &Topology,
    inventory: &Inventory,
    owner: &Owner,
) -> Result<Graph, Problems> {
    let facts = inventory.facts::<Facts>()?;
    let settings = Settings::of(spec)?;
    let mut build = Build {
        spec,
        topology,
        names: Names { cluster: &spec.name, region: &settings.region },
        settings: &settings,
        facts,
        owner,
        graph: Graph::new(),
        problems: Vec::new(),
    };
    build.anchor();
    build.everything(inventory);
    if build.problems.is_empty() { Ok(build.graph) } else { Err(Problems(build.problems)) }
}

/// A graph in the making.
struct Build<'a> {
    spec: &'a Spec,
    topology: &'a Topology,
    settings: &'a Settings,
    facts: &'a Facts,
    owner: &'a Owner,
    names: Names<'a>,
    graph: Graph,
    problems: Vec<Problem>,
}

impl Build<'_> {
    fn everything(&mut self, inventory: &Inventory) {
        let network = match (self.spec.network, &self.facts.network) {
            (Network::Create { cidr }, _) => self.own_network(cidr),
            (Network::Existing, Some(existing)) => network::existing(existing),
            (Network::Existing, None) => return self.problem("provider.vpc_id", "isn't known", "look again"),
        };
        let Some(network) = network else { return };
        self.check_room(&network, inventory);
        self.check_data_disks(inventory);
        self.security_groups(&network);
        self.identities();
        let primaries = self.primaries(&network);
        self.control_balancer(&network, &primaries);
        self.application_balancer(&network, &primaries);
        self.secondaries(&network);
    }

    fn anchor(&mut self) {
        let alias = match (&self.settings.hosted_zone_id, &self.settings.record_name) {
            (Some(zone), Some(name)) => Some(format!("{zone}/{name}")),
            _ => None,
        };
        let (name, uid, protected) = (Anchor::name_of(&self.spec.name), self.owner.uid, self.spec.protection.enabled);
        self.add("main", |tags| Anchor { name, uid, protected, alias, tags });
    }

    /// Adds a resource that is given its tags.
    fn add<K: Kind>(&mut self, name: &str, make: impl FnOnce(BTreeMap<String, String>) -> K) {
        self.add_after(name, &[], make);
    }

    /// Adds a resource that comes after others that none of its fields refers to.
    fn add_after<K: Kind>(&mut self, name: &str, after: &[Address], make: impl FnOnce(BTreeMap<String, String>) -> K) {
        let tags = self.owner.tags(&Address::of::<K>(name));
        let node = after.iter().fold(Node::new(name, make(tags)), |node, address| node.follows(address.clone()));
        self.graph.add(node);
    }

    fn problem(&mut self, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::new(path, message, remedy));
    }
}

#[cfg(test)]
mod tests;
