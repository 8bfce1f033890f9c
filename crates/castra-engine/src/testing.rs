//! A cloud in memory for the engine's own tests: one kind, no network, faults on demand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "tests")]

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use castra_core::backend::Ask;
use castra_core::inventory::{ClusterRecord, Scope};
use castra_core::resource::{At, Found, Node, Recovery};
use castra_core::spec::{ClusterName, MachineType, Problems, Spec};
use castra_core::topology::Topology;
use castra_core::{
    Actuator, Backend, Call, Capabilities, Catalogue, Context, ContextExt as _, Error, ErrorKind, FieldChange, Graph,
    Inventory, Item, Kind, Observer, Owner, Ownership, Ref, Result, Status,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// A kind with a value that changes in place, one that doesn't, and references.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Thing {
    pub(crate) value: u32,
    pub(crate) shape: u32,
    pub(crate) needs: Vec<Ref<Thing>>,
}

impl Thing {
    pub(crate) fn node(name: &str, value: u32, shape: u32, needs: &[&str]) -> Node<Self> {
        Node::new(name, Self { value, shape, needs: needs.iter().map(|name| Ref::to(name)).collect() })
    }
}

/// One object of the cloud.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) uid: Option<Uuid>,
    pub(crate) fields: Value,
    pub(crate) status: Status,
}

/// What goes wrong, by operation and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Refused for good.
    Refuse,
    /// The reply is lost after the work is done.
    LoseReply,
    /// Never answers.
    Hang,
}

/// `delay` is how long an object that was made doesn't show.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) next: u32,
    pub(crate) faults: Vec<(String, Fault)>,
    pub(crate) log: Vec<String>,
    pub(crate) delay: Duration,
    made: BTreeMap<String, Instant>,
}

impl World {
    /// The objects that show.
    fn shown(&self) -> impl Iterator<Item = (&String, &Object)> {
        let shows = |id: &String| self.made.get(id).is_none_or(|made| made.elapsed() >= self.delay);
        self.objects.iter().filter(move |(id, _)| shows(id))
    }
}

/// The cloud; both handles of its backend are the same memory.
#[derive(Clone, Default)]
pub(crate) struct FakeCloud(pub(crate) Arc<Mutex<World>>);

impl FakeCloud {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    pub(crate) fn fail(&self, operation: &str, fault: Fault) {
        self.world().faults.push((operation.to_owned(), fault));
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.world().objects.values().map(|object| object.name.clone()).collect()
    }

    /// One operation: `work` is done under the lock, unless a fault comes first.
    async fn operate<T: Send>(
        &self,
        cx: &dyn Context,
        call: Call,
        name: &str,
        work: impl Fn(&mut World) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        cx.call(&call, || async {
            let operation = format!("{} {name}", call.operation);
            let fault = {
                let mut world = self.world();
                let position = world.faults.iter().position(|(wanted, _)| *wanted == operation);
                position.map(|position| world.faults.remove(position).1)
            };
            match fault {
                Some(Fault::Refuse) => Err(Error::new(ErrorKind::Denied, format!("{operation} is refused"))),
                Some(Fault::Hang) => std::future::pending().await,
                Some(Fault::LoseReply) => {
                    self.world().log.push(operation);
                    work(&mut self.world())?;
                    Err(Error::new(ErrorKind::Unavailable, "connection reset").ambiguous())
                }
                None => {
                    self.world().log.push(operation);
                    work(&mut self.world())
                }
            }
        })
        .await
    }
}

impl Actuator for FakeCloud {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn fields(thing: &Thing, at: &At<'_, FakeCloud>) -> Result<Value> {
    let needs = thing.needs.iter().map(|need| at.get(need)).collect::<Result<Vec<String>>>()?;
    Ok(json!({ "value": thing.value, "shape": thing.shape, "needs": needs }))
}

#[async_trait]
impl Kind for Thing {
    const KIND: &'static str = "thing";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &["shape"];
    type Output = String;
    type Cloud = FakeCloud;

    async fn find(&self, at: &At<'_, FakeCloud>) -> Result<Option<Found<String>>> {
        let name = at.address.name();
        at.cloud
            .operate(at.cx, Call::read("fake", "Find"), name, |world| {
                let found = world.shown().find(|(_, object)| object.name == name);
                Ok(found.map(|(id, object)| Found {
                    fields: object.fields.clone(),
                    output: id.clone(),
                    ownership: Ownership::Ours,
                }))
            })
            .await
    }

    async fn create(&self, at: &At<'_, FakeCloud>) -> Result<String> {
        let fields = fields(self, at)?;
        let name = at.address.name();
        at.cloud
            .operate(at.cx, Call::mutate("fake", "Create"), name, |world| {
                world.next += 1;
                let id = format!("id-{}", world.next);
                let uid = Some(at.owner.uid);
                let object = Object { name: name.to_owned(), uid, fields: fields.clone(), status: Status::Ready };
                world.objects.insert(id.clone(), object);
                world.made.insert(id.clone(), Instant::now());
                Ok(id)
            })
            .await
    }

    async fn update(&self, at: &At<'_, FakeCloud>, id: &String, _: &[FieldChange]) -> Result<String> {
        let fields = fields(self, at)?;
        at.cloud
            .operate(at.cx, Call::idempotent("fake", "Update"), at.address.name(), |world| {
                world.objects.get_mut(id).unwrap().fields = fields.clone();
                Ok(id.clone())
            })
            .await
    }

    async fn delete(at: &At<'_, FakeCloud>, id: &String) -> Result<()> {
        at.cloud
            .operate(at.cx, Call::idempotent("fake", "Delete"), at.address.name(), |world| {
                let user = world
                    .objects
                    .values()
                    .find(|other| other.fields["needs"].to_string().contains(&format!("\"{id}\"")));
                if let Some(user) = user {
                    return Err(Error::new(ErrorKind::InUse, format!("{id} is used by {}", user.name)));
                }
                world.objects.remove(id);
                Ok(())
            })
            .await
    }
}

const CAPABILITIES: Capabilities =
    Capabilities::new(Duration::from_millis(50), "anchor", &[("fake", 100_000.0, 100_000.0)]);

/// A thing that is wanted: name, value, shape and needs.
type Wanted = (String, u32, u32, Vec<String>);

/// A backend over the cloud in memory whose graph the test chooses.
#[derive(Clone, Default)]
pub(crate) struct FakeBackend {
    pub(crate) cloud: FakeCloud,
    pub(crate) wanted: Arc<Mutex<Vec<Wanted>>>,
    pub(crate) protected: Arc<Mutex<bool>>,
}

impl FakeBackend {
    /// Wants these things: name, value, shape and needs.
    pub(crate) fn want(&self, things: &[(&str, u32, u32, &[&str])]) {
        *self.wanted.lock().unwrap() = things
            .iter()
            .map(|(name, value, shape, needs)| {
                ((*name).into(), *value, *shape, needs.iter().map(|need| (*need).to_owned()).collect())
            })
            .collect();
    }

    pub(crate) fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        for (name, value, shape, needs) in self.wanted.lock().unwrap().iter() {
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            graph.add(Thing::node(name, *value, *shape, &needs));
        }
        graph
    }

    pub(crate) fn inventory(&self) -> Inventory {
        let mut inventory =
            Inventory::empty(Scope { provider: "fake".into(), account: "1".into(), region: "here".into() });
        let world = self.cloud.world();
        let uids: BTreeSet<Uuid> = world.objects.values().filter_map(|object| object.uid).collect();
        let protected = *self.protected.lock().unwrap();
        inventory.cluster = uids.first().filter(|_| protected).map(|uid| ClusterRecord::new(*uid).protected(protected));
        inventory.items = world
            .shown()
            .map(|(id, object)| {
                let ownership = match object.uid {
                    Some(_) => Ownership::Ours,
                    None => Ownership::Foreign("it carries no owner tags".into()),
                };
                Item::new::<Thing>(&object.name, object.fields.clone(), id.clone())
                    .uid(object.uid)
                    .status(object.status.clone())
                    .ownership(ownership)
            })
            .collect();
        inventory
    }
}

impl Backend for FakeBackend {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn observer(&self) -> &dyn Observer {
        self
    }

    fn actuator(&self) -> &dyn Actuator {
        &self.cloud
    }
}

#[async_trait]
impl Observer for FakeBackend {
    async fn scope(&self, _: &dyn Context) -> Result<Scope> {
        Ok(self.inventory().scope)
    }

    async fn survey(&self, _: &dyn Context, _: &Ask<'_>) -> Result<Inventory> {
        Ok(self.inventory())
    }

    async fn clusters(&self, _: &dyn Context) -> Result<BTreeMap<ClusterName, Vec<String>>> {
        let items = self.inventory().items;
        let nobodys = items.iter().filter(|item| item.uid.is_none()).map(|item| item.id.clone()).collect();
        Ok((!items.is_empty()).then(|| ("demo".parse().unwrap(), nobodys)).into_iter().collect())
    }

    async fn catalogue(&self, _: &dyn Context, _: &[MachineType]) -> Result<Catalogue> {
        Ok(Catalogue::default())
    }

    fn resources(&self, _: &Spec, _: &Topology, _: &Inventory, _: &Owner) -> std::result::Result<Graph, Problems> {
        Ok(self.graph())
    }
}
