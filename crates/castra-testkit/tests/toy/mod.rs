//! A toy cloud with a backend that keeps every promise, unless it is given a flaw.

mod backend;
mod cloud;
mod kinds;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use async_trait::async_trait;
use castra_core::spec::Spec;
use castra_core::{Backend, Owner};
use castra_engine::clock::{Clock, ManualClock};
use castra_engine::store::StateUrl;
use castra_testkit::{Change, Contradiction, Drift, Object, Stage, Stranger, Subject};
use futures::FutureExt as _;
use serde_json::json;
use uuid::Uuid;

use backend::Toy;
use cloud::{Cloud, World};

/// What is wrong with the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A token is another one after a restart.
    TokenOfTheProcess,
    /// An object is made first and tagged then.
    UntaggedCreate,
    /// A refusal is taken for a success.
    SwallowedError,
    /// An object is said to serve before it does.
    MissingWait,
    /// An object is deleted before those that use it.
    WrongOrder,
    /// A change in place takes a server out of service, though it need not.
    Restart,
}

const SPEC: &str = r#"
name = "demo"
[provider]
name = "toy"
[network]
cidr = "10.0.0.0/16"
[primaries]
machine_type = "small"
[secondaries]
machine_type = "small"
count = 2
[load_balancer]
certificate = "cert"
"#;

/// The toy as it should be, or with a flaw.
pub(crate) struct Player(pub(crate) Option<Flaw>);

#[async_trait(?Send)]
impl Subject for Player {
    async fn stage(&self) -> Result<Box<dyn Stage>> {
        let (world, clock) = (Arc::default(), ManualClock::jumping());
        let cloud = Cloud { world, clock, flaw: self.0, process: Uuid::nil() };
        Ok(Box::new(Table { cloud, state: StateUrl::memory() }))
    }
}

struct Table {
    cloud: Cloud,
    state: StateUrl,
}

impl Table {
    fn spec_with(edit: impl Fn(&mut String)) -> Result<Spec> {
        let mut text = SPEC.to_owned();
        edit(&mut text);
        Ok(Spec::parse_core(&text)?)
    }
}

#[async_trait(?Send)]
impl Stage for Table {
    async fn backend(&self) -> Result<Arc<dyn Backend>> {
        Ok(Arc::new(Toy(Cloud { process: Uuid::new_v4(), ..self.cloud.clone() })))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.cloud.clock.clone())
    }

    fn state(&self) -> StateUrl {
        self.state.clone()
    }

    fn spec(&self) -> Result<Spec> {
        Self::spec_with(|_| {})
    }

    fn runs(&self) -> usize {
        // As it should be: at each call and each await. A flaw shows sooner.
        if self.cloud.flaw.is_none() { usize::MAX } else { 6 }
    }

    fn lives(&self) -> usize {
        24
    }

    fn vanishes(&self) -> bool {
        true
    }

    async fn objects(&self) -> Result<Option<Vec<Object>>> {
        let world = self.cloud.now();
        let object = |(id, object): (&String, &cloud::Object)| {
            let what = object.tags.get(Owner::RESOURCE).map_or_else(|| object.kind.to_owned(), Clone::clone);
            Object { id: id.clone(), what, tags: Some(object.tags.clone()) }
        };
        Ok(Some(world.objects.iter().filter(|(_, object)| !object.going()).map(object).collect()))
    }

    async fn drift(&self) -> Result<Option<Drift>> {
        let world = &self.cloud.world;
        let mut changes: Vec<Change> =
            ["anchor/main", "network/main", "firewall/main", "disk/primary-0", "server/primary-1", "pool/secondaries"]
                .map(|address| {
                    change(world, address, "tags", |object| drop(object.tags.insert("a".into(), "b".into())))
                })
                .into();
        changes.extend([
            change(world, "anchor/main", "protected", |object| object.fields["protected"] = true.into()),
            change(world, "rules/main", "open", |object| object.fields["open"] = json!([22])),
            change(world, "disk/primary-0", "size", |object| object.fields["size"] = 7.into()),
            change(world, "pool/secondaries", "count", |object| object.fields["count"] = 9.into()),
            gone(world, "server/primary-2"),
        ]);
        const IDENTITY: &str = "it is a part of what the object is";
        let unchangeable = &[
            ("anchor", "name", IDENTITY),
            ("network", "cidr", IDENTITY),
            ("rules", "network", IDENTITY),
            ("firewall", "network", IDENTITY),
            ("server", "network", IDENTITY),
            ("server", "disk", IDENTITY),
            ("pool", "name", IDENTITY),
            ("pool", "network", IDENTITY),
        ];
        Ok(Some(Drift { changes: vec![(self.spec()?, changes)], unchangeable }))
    }

    async fn strangers(&self) -> Result<Option<Vec<Stranger>>> {
        let strangers = [("anchor/main", "anchor", "demo"), ("pool/secondaries", "pool", "demo-pool")];
        let mut made = Vec::new();
        for (address, kind, name) in strangers {
            let id = format!("theirs-{kind}");
            let object = cloud::Object { name: name.into(), ..self.cloud.object(kind, json!({ "name": name })) };
            self.cloud.now().objects.insert(id.clone(), object);
            let (world, theirs) = (Arc::clone(&self.cloud.world), id.clone());
            let remove = async move {
                world.lock().unwrap().objects.remove(&theirs);
                Ok(())
            }
            .boxed_local();
            made.push(Stranger { address, id, remove });
        }
        self.cloud.clock.advance(cloud::LAG);
        Ok(Some(made))
    }

    async fn elsewhere(&self) -> Result<Option<Arc<dyn Backend>>> {
        Ok(Some(Arc::new(Toy(Cloud { world: Arc::default(), ..self.cloud.clone() }))))
    }

    fn contradiction(&self) -> Result<Option<Contradiction>> {
        let spec = Self::spec_with(|text| *text = text.replace("small", "huge"))?;
        Ok(Some(Contradiction { spec, paths: vec!["primaries.machine_type", "secondaries.machine_type"] }))
    }
}

fn change(
    world: &Arc<Mutex<World>>,
    address: &'static str,
    field: &'static str,
    edit: fn(&mut cloud::Object),
) -> Change {
    let world = Arc::clone(world);
    let make = move |ids: Arc<BTreeMap<String, String>>| {
        edit(world.lock().unwrap().objects.get_mut(&ids[address]).unwrap());
        async { Ok(()) }.boxed_local()
    };
    Change { address, field, also: &[], make: Box::new(make) }
}

fn gone(world: &Arc<Mutex<World>>, address: &'static str) -> Change {
    let world = Arc::clone(world);
    let make = move |ids: Arc<BTreeMap<String, String>>| {
        world.lock().unwrap().objects.remove(&ids[address]);
        async { Ok(()) }.boxed_local()
    };
    Change { address, field: "", also: &[], make: Box::new(make) }
}
