//! The toy's backend.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::backend::Ask;
use castra_core::inventory::{ClusterRecord, Node as Machine, Scope};
use castra_core::resource::{Node, Ref};
use castra_core::sizing::PoolSize;
use castra_core::spec::{ClusterName, MachineType, Problem, Problems, Spec};
use castra_core::topology::Topology;
use castra_core::{
    Actuator, Address, Backend, Call, Capabilities, Catalogue, Context, ContextExt as _, Graph, Inventory, Item, Kind,
    Observer, Owner, Result, Status,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Flaw;
use super::cloud::{Cloud, Object};
use super::kinds::{Anchor, Disk, Firewall, Network, Pool, Rules, Server, live, ownership};

const CAPABILITIES: Capabilities = Capabilities::new(Duration::from_secs(10), Anchor::KIND, &[("toy", 1e5, 1e5)]);

/// The machine types there are, all of the same size.
const TYPES: [&str; 2] = ["small", "large"];

/// The backend of one process.
pub(super) struct Toy(pub(super) Cloud);

impl Backend for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn observer(&self) -> &dyn Observer {
        self
    }

    fn actuator(&self) -> &dyn Actuator {
        &self.0
    }
}

impl Toy {
    fn item(&self, cluster: &str, id: &str, object: &Object) -> Option<Item> {
        let address = object.tags.get(Owner::RESOURCE).and_then(|text| text.parse::<Address>().ok());
        let ours = object.tags.get(Owner::CLUSTER).is_some_and(|name| name == cluster);
        let (name, named) = match object.kind {
            Anchor::KIND => ("main".to_owned(), object.name == cluster),
            Pool::KIND => ("secondaries".to_owned(), object.name == format!("{cluster}-pool")),
            _ => (address.as_ref()?.name().to_owned(), false),
        };
        if !ours && !named {
            return None;
        }
        let mut fields = live(object);
        fields.as_object_mut()?.remove("open");
        let id = id.to_owned();
        let item = match object.kind {
            Anchor::KIND => Item::new::<Anchor>(&name, fields, id),
            Network::KIND => Item::new::<Network>(&name, fields, id),
            Disk::KIND => Item::new::<Disk>(&name, fields, id),
            Server::KIND => Item::new::<Server>(&name, fields, id),
            Pool::KIND => Item::new::<Pool>(&name, fields, id),
            _ if self.0.flaw == Some(Flaw::WrongOrder) => Item::new::<Firewall<false>>(&name, fields, id),
            _ => Item::new::<Firewall<true>>(&name, fields, id),
        };
        let status = match self.0.state_of(object) {
            "going" => Status::Deleting,
            state @ ("booting" | "filling") => Status::Pending(state.into()),
            _ => Status::Ready,
        };
        let uid = object.tags.get(Owner::UID).and_then(|uid| uid.parse::<Uuid>().ok());
        Some(item.uid(uid).status(status).ownership(ownership(object, cluster, None)))
    }
}

fn machine(name: &str, role: &str, state: &str) -> Machine {
    let mut machine = Machine::new(name, role, name);
    (machine.zone, machine.machine_type) = ("here".into(), "small".into());
    (machine.state, machine.health) = (state.into(), "healthy".into());
    machine
}

#[async_trait]
impl Observer for Toy {
    async fn scope(&self, cx: &dyn Context) -> Result<Scope> {
        cx.call(&Call::read("toy", "Where"), || async {
            Ok(Scope { provider: "toy".into(), account: "1".into(), region: "here".into() })
        })
        .await
    }

    async fn survey(&self, cx: &dyn Context, ask: &Ask<'_>) -> Result<Inventory> {
        let scope = Scope { provider: "toy".into(), account: "1".into(), region: "here".into() };
        let mut inventory = Inventory::empty(scope);
        let cluster = ask.cluster.as_str();
        for kind in [Anchor::KIND, Network::KIND, "firewall", Disk::KIND, Server::KIND, Pool::KIND] {
            for (id, object) in self.0.list(cx, kind).await? {
                let Some(item) = self.item(cluster, &id, &object) else { continue };
                if let (Some(open), Network::KIND) = (object.fields.get("open"), kind) {
                    let fields = json!({ "network": id, "open": open });
                    inventory.items.push(Item::new::<Rules>("main", fields, id.clone()).uid(item.uid));
                }
                if let (Anchor::KIND, Some(uid)) = (kind, item.uid) {
                    let protected = object.fields["protected"] == Value::Bool(true);
                    inventory.cluster = Some(ClusterRecord::new(uid).protected(protected));
                }
                match kind {
                    Server::KIND => inventory.nodes.push(machine(&id, "primary", self.0.state_of(&object))),
                    Pool::KIND => {
                        let count = object.fields["count"].as_u64().unwrap_or(0);
                        let members = (0..count).map(|index| machine(&format!("{id}-{index}"), "secondary", "serving"));
                        inventory.nodes.extend(members);
                    }
                    _ => {}
                }
                inventory.items.push(item);
            }
        }
        if let Some(spec) = ask.spec {
            let types = [
                ("primaries.machine_type", &spec.primaries.machine_type),
                ("secondaries.machine_type", &spec.secondaries.machine_type),
            ];
            let unknown = types.into_iter().filter(|(_, name)| !TYPES.contains(&name.as_str()));
            let problems =
                unknown.map(|(path, name)| Problem::new(path, format!("there is no {name}"), "take another"));
            inventory.problems.extend(problems);
        }
        Ok(inventory)
    }

    async fn clusters(&self, cx: &dyn Context) -> Result<BTreeMap<ClusterName, Vec<String>>> {
        let mut names = BTreeMap::new();
        for kind in [Anchor::KIND, Network::KIND, "firewall", Disk::KIND, Server::KIND, Pool::KIND] {
            let objects = self.0.list(cx, kind).await?;
            let named = objects.iter().filter_map(|(_, object)| object.tags.get(Owner::CLUSTER)?.parse().ok());
            names.extend(named.map(|name| (name, Vec::new())));
        }
        Ok(names)
    }

    async fn catalogue(&self, cx: &dyn Context, types: &[MachineType]) -> Result<Catalogue> {
        let known = types.iter().filter(|name| TYPES.contains(&name.as_str()));
        let memory: Vec<_> = known.map(|name| (name.clone(), "8GiB".parse().unwrap())).collect();
        cx.call(&Call::read("toy", "Catalogue"), || async { Ok(()) }).await?;
        Ok(Catalogue::new(memory))
    }

    fn resources(
        &self,
        spec: &Spec,
        topology: &Topology,
        _: &Inventory,
        owner: &Owner,
    ) -> std::result::Result<Graph, Problems> {
        let tags = |kind: &str, name: &str| owner.tags(&Address::new(kind, name));
        let mut graph = Graph::new();
        let (name, protected) = (spec.name.to_string(), spec.protection.enabled);
        graph.add(Node::new("main", Anchor { name: name.clone(), protected, tags: tags("anchor", "main") }));
        graph.add(Node::new("main", Network { cidr: "10.0.0.0/16".into(), tags: tags("network", "main") }));
        graph.add(Node::new("main", Rules { network: Ref::to("main"), open: vec![443] }));
        let firewall = tags("firewall", "main");
        if self.0.flaw == Some(Flaw::WrongOrder) {
            graph.add(Node::new("main", Firewall::<false> { network: Ref::to("main"), tags: firewall }));
        } else {
            graph.add(Node::new("main", Firewall::<true> { network: Ref::to("main"), tags: firewall }));
        }
        for primary in &topology.primaries {
            let name = format!("primary-{}", primary.index);
            graph.add(Node::new(&name, Disk { size: 100, tags: tags("disk", &name) }));
            let server = Server { network: Ref::to("main"), disk: Ref::to(&name), tags: tags("server", &name) };
            graph.add(Node::new(&name, server).follows(Address::new("firewall", "main")));
        }
        let count = match topology.secondaries.size {
            PoolSize::Fixed { count } => count,
            other => other.most(),
        };
        let tags = tags("pool", "secondaries");
        let pool = Pool { name: format!("{name}-pool"), count, network: Ref::to("main"), tags };
        graph.add(Node::new("secondaries", pool));
        Ok(graph)
    }
}
