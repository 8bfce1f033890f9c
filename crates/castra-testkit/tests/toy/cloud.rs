//! The cloud: objects with an id, tags and fields. A fresh one shows after a while, some take time to serve and to
//! go, and none goes while another one uses it.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use castra_core::context::{ContextExt as _, elapsed};
use castra_core::{Actuator, Call, Context, Error, ErrorKind, Result};
use castra_engine::clock::{Clock as _, ManualClock};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::Flaw;

/// How long a fresh object doesn't show.
pub(super) const LAG: Duration = Duration::from_secs(3);
/// How long a server takes until it serves.
const BOOT: Duration = Duration::from_secs(60);
/// How long a pool takes.
const FILL: Duration = Duration::from_secs(5);
/// How long a server takes to go.
const GOING: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) token: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) fields: Value,
    pub(super) made: Timestamp,
    pub(super) restarted: Option<Timestamp>,
    pub(super) gone_at: Option<Timestamp>,
}

impl Object {
    pub(super) fn going(&self) -> bool {
        self.gone_at.is_some()
    }
}

#[derive(Debug, Default)]
pub(super) struct World {
    next: u32,
    pub(super) objects: BTreeMap<String, Object>,
}

impl World {
    /// What else names this object, or uses it unseen: the servers of a network use its firewall.
    fn user(&self, id: &str) -> Option<&String> {
        let used = &self.objects[id];
        let named = format!("\"{id}\"");
        let unseen = |other: &Object| {
            used.kind == "firewall" && other.kind == "server" && other.fields["network"] == used.fields["network"]
        };
        let mut others = self.objects.iter().filter(|(other, _)| *other != id);
        others.find(|(_, other)| unseen(other) || other.fields.to_string().contains(&named)).map(|(other, _)| other)
    }
}

/// A process's handle to the cloud.
#[derive(Clone)]
pub(super) struct Cloud {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) clock: ManualClock,
    pub(super) flaw: Option<Flaw>,
    pub(super) process: Uuid,
}

impl Actuator for Cloud {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Cloud {
    /// The world as it is now.
    pub(super) fn now(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap();
        let now = self.clock.now();
        world.objects.retain(|_, object| object.gone_at.is_none_or(|gone| gone > now));
        world
    }

    async fn call<T: Send>(
        &self,
        cx: &dyn Context,
        call: Call,
        work: impl Fn(&mut World) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        cx.call(&call, || async { work(&mut self.now()) }).await
    }

    /// What shows of a kind.
    pub(super) async fn list(&self, cx: &dyn Context, kind: &'static str) -> Result<Vec<(String, Object)>> {
        let shows = |object: &Object| object.kind == kind && elapsed(object.made, self.clock.now()) >= LAG;
        self.call(cx, Call::read("toy", "List"), |world| {
            let seen = world.objects.iter().filter(|(_, object)| shows(object));
            Ok(seen.map(|(id, object)| (id.clone(), object.clone())).collect())
        })
        .await
    }

    /// Makes an object. The same token leads to the same object; a name is taken once.
    pub(super) async fn create(&self, cx: &dyn Context, call: Call, object: &Object) -> Result<String> {
        self.call(cx, call, |world| {
            for (id, other) in world.objects.iter().filter(|(_, other)| other.kind == object.kind && !other.going()) {
                if object.token.is_some() && other.token == object.token {
                    return Ok(id.clone());
                }
                if object.token.is_none() && !object.name.is_empty() && other.name == object.name {
                    return Err(Error::new(ErrorKind::AlreadyExists, format!("{} is taken", object.name)));
                }
            }
            world.next += 1;
            let id = format!("{}-{:04}", object.kind, world.next);
            world.objects.insert(id.clone(), Object { made: self.clock.now(), ..object.clone() });
            Ok(id)
        })
        .await
    }

    /// An object that is yet to be made.
    pub(super) fn object(&self, kind: &'static str, fields: Value) -> Object {
        let made = self.clock.now();
        Object {
            kind,
            name: String::new(),
            token: None,
            tags: BTreeMap::new(),
            fields,
            made,
            gone_at: None,
            restarted: None,
        }
    }

    /// Changes an object.
    pub(super) async fn change(
        &self,
        cx: &dyn Context,
        operation: &'static str,
        id: &str,
        change: impl Fn(&mut Object) + Send + Sync,
    ) -> Result<()> {
        self.call(cx, Call::idempotent("toy", operation), |world| {
            let object = world.objects.get_mut(id);
            change(object.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no {id}")))?);
            Ok(())
        })
        .await
    }

    /// Begins to remove an object. Servers take their time.
    pub(super) async fn remove(&self, cx: &dyn Context, id: &str) -> Result<()> {
        self.call(cx, Call::idempotent("toy", "Remove"), |world| {
            if !world.objects.contains_key(id) {
                return Err(Error::new(ErrorKind::NotFound, format!("there is no {id}")));
            }
            if let Some(user) = world.user(id) {
                return Err(Error::new(ErrorKind::InUse, format!("{id} is used by {user}")));
            }
            let going = world.objects.get_mut(id).filter(|object| object.kind == "server");
            match going {
                Some(server) => {
                    let gone = self.clock.now().checked_add(GOING).unwrap();
                    server.gone_at.get_or_insert(gone);
                }
                None => drop(world.objects.remove(id)),
            }
            Ok(())
        })
        .await
    }

    /// The state of an object.
    pub(super) async fn state(&self, cx: &dyn Context, id: &str) -> Result<&'static str> {
        self.call(cx, Call::read("toy", "State"), |world| {
            Ok(world.objects.get(id).map_or("gone", |object| self.state_of(object)))
        })
        .await
    }

    pub(super) fn state_of(&self, object: &Object) -> &'static str {
        match object {
            object if object.going() => "going",
            object
                if object.kind == "server"
                    && elapsed(object.restarted.unwrap_or(object.made), self.clock.now()) < BOOT =>
            {
                "booting"
            }
            object if object.kind == "pool" && elapsed(object.made, self.clock.now()) < FILL => "filling",
            _ => "serving",
        }
    }
}
