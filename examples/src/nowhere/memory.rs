//! What was made.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use castra::core::context::ContextExt as _;
use castra::core::resource::{At, Found, Owner};
use castra::core::{Actuator, Address, Call, Ownership};
use castra::{Error, ErrorKind, Result};
use serde_json::Value;

/// One object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) fields: Value,
    pub(super) owner: Owner,
}

/// Everything that was made, by address: the cloud and the handle to write to it in one.
#[derive(Debug, Default)]
pub struct Memory(Mutex<BTreeMap<Address, Object>>);

impl Memory {
    pub(super) fn objects(&self) -> MutexGuard<'_, BTreeMap<Address, Object>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The object at an address.
    pub(super) async fn find(&self, at: &At<'_, Self>) -> Result<Option<Found<String>>> {
        let call = Call::read("nowhere", "Find");
        at.cx.call(&call, || async { Ok(self.objects().get(at.address).cloned()) }).await.map(|object| {
            object.map(|object| Found {
                fields: object.fields,
                output: id(at.address),
                ownership: if object.owner.uid == at.owner.uid {
                    Ownership::Ours
                } else {
                    Ownership::Foreign(object.owner.cluster.to_string())
                },
            })
        })
    }

    /// Makes an object with these fields.
    pub(super) async fn create(&self, at: &At<'_, Self>, fields: Value) -> Result<String> {
        let call = Call::idempotent("nowhere", "Create");
        at.cx
            .call(&call, || async {
                let mut objects = self.objects();
                if objects.contains_key(at.address) {
                    return Err(Error::new(ErrorKind::AlreadyExists, format!("{} is there", at.address)));
                }
                objects.insert(at.address.clone(), Object { fields: fields.clone(), owner: at.owner.clone() });
                Ok(id(at.address))
            })
            .await
    }

    /// Removes an object.
    pub(super) async fn delete(&self, at: &At<'_, Self>) -> Result<()> {
        let call = Call::idempotent("nowhere", "Delete");
        at.cx
            .call(&call, || async {
                self.objects().remove(at.address);
                Ok(())
            })
            .await
    }
}

impl Actuator for Memory {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// An object's id.
pub(super) fn id(address: &Address) -> String {
    format!("id-{}", address.name())
}
