//! What the cloud says exists for a cluster: observed, possibly stale.

use std::any::Any;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::plan::{digest, normalise};
use crate::resource::{Address, AnyKind, AnyOutput, Graph, Kind};
use crate::spec::Problem;

/// Where a cluster lives: one account, project or subscription, and one region.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The backend's name, as specs have it.
    pub provider: String,
    /// The account, project or subscription.
    pub account: String,
    /// The region.
    pub region: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} account {} in {}", self.provider, self.account, self.region)
    }
}

/// What the anchor object says about its cluster: the first object made and the last deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClusterRecord {
    /// The cluster's identity beyond its name.
    pub uid: Uuid,
    /// When the cluster was first applied.
    pub created: Option<Timestamp>,
    /// Whether destroying is refused.
    pub protected: bool,
}

impl ClusterRecord {
    /// A record of a cluster that isn't protected.
    pub fn new(uid: Uuid) -> Self {
        Self { uid, created: None, protected: false }
    }

    /// With the time of its first apply.
    #[must_use]
    pub fn created(mut self, at: Timestamp) -> Self {
        self.created = Some(at);
        self
    }

    /// Protected, or not.
    #[must_use]
    pub fn protected(mut self, protected: bool) -> Self {
        self.protected = protected;
        self
    }
}

/// The state of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "detail")]
pub enum Status {
    /// In service.
    Ready,
    /// On its way into service; the text is the cloud's own word for it.
    Pending(String),
    /// Broken for good, so that only a replacement helps; the text says how.
    Failed(String),
    /// On its way out; its name or address is not free yet.
    Deleting,
}

/// Whose an object is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "owner", content = "detail")]
pub enum Ownership {
    /// It carries this cluster's name and uid.
    Ours,
    /// It stands where ours should and isn't ours; the text says whose it seems to be.
    Foreign(String),
}

/// One object found.
#[derive(Clone)]
#[non_exhaustive]
pub struct Item {
    /// The resource that it is.
    pub address: Address,
    /// The cloud's id for it.
    pub id: String,
    /// The live value of every field that we own, in the shape of the kind's own desired fields. References are ids.
    pub fields: Value,
    /// What other resources take from it.
    pub output: Arc<dyn AnyOutput>,
    /// The kind, which knows how to delete it.
    pub kind: &'static dyn AnyKind,
    /// Its state.
    pub status: Status,
    /// Whose it is.
    pub ownership: Ownership,
    /// The uid of the cluster that made it, where its tags say so. What carries the name of another cluster than the
    /// one that was asked for, or none, has none here: the uid belongs to the name.
    pub uid: Option<Uuid>,
}

impl Item {
    /// An item of kind `K` that is ours and ready. `live` has the shape of `K` with ids in place of references.
    pub fn new<K: Kind>(name: &str, live: Value, output: K::Output) -> Self {
        let output: Arc<dyn AnyOutput> = Arc::new(output);
        Self {
            address: Address::of::<K>(name),
            id: output.object_id().to_owned(),
            fields: live,
            output,
            kind: K::any(),
            status: Status::Ready,
            ownership: Ownership::Ours,
            uid: None,
        }
    }

    /// Sets the uid of the cluster that made it.
    #[must_use]
    pub fn uid(mut self, uid: Option<Uuid>) -> Self {
        self.uid = uid;
        self
    }

    /// Sets the state.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Sets the owner.
    #[must_use]
    pub fn ownership(mut self, ownership: Ownership) -> Self {
        self.ownership = ownership;
        self
    }
}

impl Item {
    /// True when a live field of this object holds the other's id. Its own `name` and `tags` say who it is and not what
    /// it uses: a launch template may have the name of the group that uses it.
    pub fn names(&self, other: &Self) -> bool {
        let fields = self.fields.as_object().into_iter().flatten();
        let mut used = fields.filter(|(field, _)| *field != "name" && *field != "tags");
        used.any(|(_, value)| mentions(value, &other.id))
    }
}

/// True when a value holds this id anywhere.
fn mentions(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text == id,
        Value::Array(list) => list.iter().any(|value| mentions(value, id)),
        Value::Object(map) => map.values().any(|value| mentions(value, id)),
        _ => false,
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {} ({:?}, {:?})", self.address, self.id, self.status, self.ownership)
    }
}

/// One machine of the cluster, for `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Node {
    /// `primary-0`, or the cloud's id of a secondary.
    pub name: String,
    /// `primary` or `secondary`.
    pub role: String,
    /// The zone.
    pub zone: String,
    /// The cloud's id of the machine.
    pub machine: String,
    /// The machine type.
    pub machine_type: String,
    /// The private address.
    pub address: Option<IpAddr>,
    /// The cloud's word for the machine's state.
    pub state: String,
    /// The cloud's word for its health, as the load balancer or the group sees it.
    pub health: String,
}

impl Node {
    /// A node of which only its name, its role and its machine are known.
    pub fn new(name: impl Into<String>, role: impl Into<String>, machine: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            role: role.into(),
            zone: String::new(),
            machine: machine.into(),
            machine_type: String::new(),
            address: None,
            state: String::new(),
            health: String::new(),
        }
    }
}

/// A named address of the cluster, for `status` and outputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Endpoint {
    /// `application` or `control`.
    pub name: String,
    /// A URL or host name.
    pub url: String,
}

impl Endpoint {
    /// An endpoint.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), url: url.into() }
    }
}

/// What the cloud says exists for a cluster.
#[derive(Clone)]
#[non_exhaustive]
pub struct Inventory {
    /// Where it was looked for.
    pub scope: Scope,
    /// What the anchor says; none when there is no anchor.
    pub cluster: Option<ClusterRecord>,
    /// Every object found, ours or in the way of ours.
    pub items: Vec<Item>,
    /// The machines.
    pub nodes: Vec<Node>,
    /// The endpoints.
    pub endpoints: Vec<Endpoint>,
    /// What the operator should know, a newer image among it.
    pub notes: Vec<String>,
    /// What in the spec the cloud contradicts: an unknown machine type, a missing certificate.
    pub problems: Vec<Problem>,
    /// What only the backend understands and needs again when it makes the resources.
    pub facts: Arc<dyn Any + Send + Sync>,
}

impl Inventory {
    /// An empty inventory.
    pub fn empty(scope: Scope) -> Self {
        Self {
            scope,
            cluster: None,
            items: Vec::new(),
            nodes: Vec::new(),
            endpoints: Vec::new(),
            notes: Vec::new(),
            problems: Vec::new(),
            facts: Arc::new(()),
        }
    }

    /// The first item at an address that is ours.
    pub fn get(&self, address: &Address) -> Option<&Item> {
        self.items.iter().find(|item| item.address == *address && item.ownership == Ownership::Ours)
    }

    /// The backend's own facts.
    ///
    /// # Errors
    /// When there are none of that type, because the cloud was looked at without a spec.
    pub fn facts<T: 'static>(&self) -> Result<&T, Problem> {
        self.facts.downcast_ref().ok_or_else(|| {
            let message = "the cloud was looked at without a spec, so that zones and image aren't known";
            Problem::new("provider", message, "look again with the spec")
        })
    }

    /// A digest of everything a plan depends on: addresses, ids, states, owners and owned fields. Of an object that
    /// `graph` wants only the wanted fields count, so that what an autoscaler, a health check or another tool
    /// changes by itself doesn't move it.
    pub fn fingerprint(&self, graph: &Graph) -> String {
        let mut lines: Vec<String> = self
            .items
            .iter()
            .map(|item| {
                let wanted = graph.get(&item.address).and_then(|resource| resource.fields().as_object());
                let mut fields = normalise(&item.fields);
                if let (Some(fields), Some(wanted)) = (fields.as_object_mut(), wanted) {
                    fields.retain(|field, _| wanted.contains_key(field));
                }
                format!("{} {} {fields} {:?} {:?}", item.address, item.id, item.status, item.ownership)
            })
            .collect();
        lines.sort();
        lines.push(format!("{:?} {:?}", self.scope, self.cluster));
        digest(&lines.join("\n"))
    }
}

/// What a backend found out while it looked, beside the objects: each part of a survey has its own, and at last they are
/// one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What in the spec the cloud contradicts.
    pub problems: Vec<Problem>,
    /// What the operator should know.
    pub notes: Vec<String>,
}

impl Findings {
    /// Adds a problem.
    pub fn problem(&mut self, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::new(path, message, remedy));
    }

    /// Adds what the operator should know.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Adds another part's.
    pub fn add(&mut self, other: Self) {
        self.problems.extend(other.problems);
        self.notes.extend(other.notes);
    }
}

impl fmt::Debug for Inventory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inventory")
            .field("scope", &self.scope)
            .field("cluster", &self.cluster)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}
