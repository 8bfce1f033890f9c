//! The backend and its observer.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;

use async_trait::async_trait;
use castra::core::backend::Ask;
use castra::core::inventory::{ClusterRecord, Scope};
use castra::core::resource::{Node, Owner, Ref};
use castra::core::spec::{MachineType, Problems};
use castra::core::topology::Topology;
use castra::core::{Actuator, Address, Capabilities, Catalogue, Context, Graph, Item, Kind, Observer};
use castra::{Backend, ClusterName, Inventory, Result, Spec};

use super::memory::{Memory, Object, id};
use super::{Anchor, Nothing};

/// As many resources at each level as there are in a cluster's widest.
const WIDTH: usize = 25;

/// A backend whose clusters are a number of resources that do nothing, whatever the spec says.
///
/// They stand in levels of 25, each needing the one above it, so that a run has both breadth and depth.
#[derive(Debug)]
pub struct Nowhere {
    resources: usize,
    memory: Memory,
    capabilities: Capabilities,
}

impl Nowhere {
    /// A backend whose clusters have so many resources, beside their anchor.
    pub fn new(resources: usize) -> Self {
        // Wide enough to never be what is measured.
        let capabilities = Capabilities::new(Duration::ZERO, Anchor::KIND, &[("nowhere", 1e6, 1e6)]);
        Self { resources, memory: Memory::default(), capabilities }
    }
}

impl Backend for Nowhere {
    fn name(&self) -> &'static str {
        "nowhere"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn observer(&self) -> &dyn Observer {
        self
    }

    fn actuator(&self) -> &dyn Actuator {
        &self.memory
    }
}

#[async_trait]
impl Observer for Nowhere {
    async fn scope(&self, _: &dyn Context) -> Result<Scope> {
        Ok(Scope { provider: self.name().into(), account: "nobody".into(), region: "nowhere".into() })
    }

    async fn survey(&self, cx: &dyn Context, ask: &Ask<'_>) -> Result<Inventory> {
        let mut inventory = Inventory::empty(self.scope(cx).await?);
        let objects = self.memory.objects();
        let ours = objects.iter().filter(|(_, object)| object.owner.cluster == *ask.cluster);
        inventory.items = ours.map(|(address, object)| item(address, object)).collect();
        let anchor = inventory.items.iter().find(|item| item.address.kind() == Anchor::KIND);
        inventory.cluster = anchor.and_then(|anchor| anchor.uid).map(ClusterRecord::new);
        Ok(inventory)
    }

    async fn clusters(&self, _: &dyn Context) -> Result<BTreeMap<ClusterName, Vec<String>>> {
        Ok(self.memory.objects().values().map(|object| (object.owner.cluster.clone(), Vec::new())).collect())
    }

    async fn catalogue(&self, _: &dyn Context, _: &[MachineType]) -> Result<Catalogue> {
        Ok(Catalogue::default())
    }

    fn resources(&self, _: &Spec, _: &Topology, _: &Inventory, _: &Owner) -> Result<Graph, Problems> {
        let mut graph = Graph::new();
        graph.add(Node::new("main", Anchor {}));
        for index in 0..self.resources {
            let above = index.checked_sub(WIDTH).map(name);
            let needs = above.map(|above| Ref::Managed(Address::of::<Nothing>(&above), PhantomData));
            graph.add(Node::new(&name(index), Nothing { needs }));
        }
        Ok(graph)
    }
}

fn name(index: usize) -> String {
    format!("{index:05}")
}

fn item(address: &Address, object: &Object) -> Item {
    let (name, fields, output) = (address.name(), object.fields.clone(), id(address));
    let item = match address.kind() {
        Anchor::KIND => Item::new::<Anchor>(name, fields, output),
        _ => Item::new::<Nothing>(name, fields, output),
    };
    item.uid(Some(object.owner.uid))
}
