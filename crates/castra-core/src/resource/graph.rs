//! All the resources of a cluster and their order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use petgraph::algo::toposort;
use petgraph::graph::DiGraph;

use super::{Address, Kind, Node, Resource};
use crate::error::{Error, ErrorKind, Result};

/// All the resources of a cluster, each after everything that it needs.
#[derive(Clone, Default)]
pub struct Graph {
    nodes: BTreeMap<Address, Arc<dyn Resource>>,
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a resource. One of the same address is replaced.
    pub fn add<K: Kind>(&mut self, node: Node<K>) {
        self.insert(Arc::new(node));
    }

    /// Adds a resource of any kind. One of the same address is replaced.
    pub fn insert(&mut self, resource: Arc<dyn Resource>) {
        self.nodes.insert(resource.address().clone(), resource);
    }

    /// The resource at an address.
    pub fn get(&self, address: &Address) -> Option<&Arc<dyn Resource>> {
        self.nodes.get(address)
    }

    /// The resources, by address.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Resource>> {
        self.nodes.values()
    }

    /// How many resources there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What must exist before a resource: everything it refers to or follows, and the anchor before all else.
    pub fn needs(&self, resource: &dyn Resource, anchor: &str) -> BTreeSet<Address> {
        let mut needs = resource.after().clone();
        if resource.kind().name() != anchor {
            needs.extend(self.nodes.keys().filter(|address| address.kind() == anchor).cloned());
        }
        needs
    }

    /// The resources, each after all that it needs; among equals by address.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] when resources need each other, or need one that isn't there; it names them.
    pub fn order(&self, anchor: &str) -> Result<Vec<Arc<dyn Resource>>> {
        let mut graph = DiGraph::<&Address, ()>::new();
        let index: HashMap<&Address, _> =
            self.nodes.keys().rev().map(|address| (address, graph.add_node(address))).collect();
        for (address, resource) in &self.nodes {
            for need in self.needs(resource.as_ref(), anchor) {
                let from = index.get(&need).ok_or_else(|| {
                    Error::new(ErrorKind::Unexpected, format!("{address} needs {need}, which is not in the graph"))
                })?;
                graph.add_edge(*from, index[address], ());
            }
        }
        let sorted = toposort(&graph, None).map_err(|cycle| {
            Error::new(ErrorKind::Unexpected, format!("{} needs itself by a circle", graph[cycle.node_id()]))
        })?;
        Ok(sorted.into_iter().filter_map(|node| self.nodes.get(graph[node]).cloned()).collect())
    }
}
