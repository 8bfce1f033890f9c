//! From a topology to the resources that it needs on Google Cloud. Pure: everything the cloud had to be asked is in the
//! facts.

mod balancers;
mod firewalls;
mod identities;
mod network;
mod nodes;

use std::collections::BTreeMap;

use castra_core::resource::Node;
use castra_core::spec::{Problem, Problems, Spec};
use castra_core::topology::Topology;
use castra_core::{Address, Graph, Inventory, Kind, Owner};

use crate::facts::Facts;
use crate::kinds::Anchor;
use crate::names::Names;
use crate::settings::Settings;
use crate::tags;

pub(crate) use firewalls::FIREWALLS;

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
        self.anchor();
        let Some(net) = self.network() else { return };
        self.identities();
        self.firewalls(&net);
        self.primaries(&net, inventory);
        self.secondaries(&net);
        self.control_balancer(&net);
        self.application_balancer(&net);
    }

    fn anchor(&mut self) {
        let (name, uid) = (Anchor::name_of(&self.names), self.owner.uid);
        self.add(Anchor::RESOURCE, Anchor { name, uid, protected: self.spec.protection.enabled });
    }

    /// Adds a resource.
    fn add<K: Kind>(&mut self, resource: &str, kind: K) {
        self.add_after(resource, &[], kind);
    }

    /// Adds a resource that comes after others that none of its fields refers to.
    fn add_after<K: Kind>(&mut self, resource: &str, after: &[Address], kind: K) {
        let node = after.iter().fold(Node::new(resource, kind), |node, address| node.follows(address.clone()));
        self.graph.add(node);
    }

    /// The labels of a resource, for a kind that has some.
    fn labels<K: Kind>(&self, resource: &str) -> BTreeMap<String, String> {
        tags::labels(&self.owner.tags(&Address::of::<K>(resource)))
    }

    fn problem(&mut self, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::new(path, message, remedy));
    }
}

#[cfg(test)]
mod tests;
