//! What a resource gives to those that need it, and typed references to that.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, PoisonError, RwLock};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::{Address, Kind};
use crate::error::{Error, ErrorKind, Result};

/// The key under which a reference serialises.
pub const REFERENCE: &str = "$ref";

/// What a resource of one kind gives to others: at least the cloud's id.
pub trait Output: Clone + Serialize + Send + Sync + 'static {
    /// The id by which the cloud's answers name the object, so that live fields can be compared with references.
    fn id(&self) -> &str;
}

impl Output for String {
    fn id(&self) -> &str {
        self
    }
}

/// An [`Output`] of any kind.
pub trait AnyOutput: Send + Sync {
    /// The cloud's id of the object.
    fn object_id(&self) -> &str;
    /// The concrete output.
    fn as_any(&self) -> &dyn Any;
    /// The output as data, for the journal.
    fn to_json(&self) -> Value;
}

impl<T: Output> AnyOutput for T {
    fn object_id(&self) -> &str {
        self.id()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

/// A reference to a resource of kind `K`: either one of the same cluster, by address, or one that the operator
/// brought along, whose output is known from the survey and which is never changed.
pub enum Ref<K: Kind> {
    /// A resource of this cluster.
    Managed(Address, PhantomData<fn() -> K>),
    /// An object of the operator's.
    Existing(K::Output),
}

impl<K: Kind> Ref<K> {
    /// A reference to the resource of this cluster with that name.
    pub fn to(name: &str) -> Self {
        Self::Managed(Address::of::<K>(name), PhantomData)
    }

    /// A reference to an object of the operator's.
    pub fn existing(output: K::Output) -> Self {
        Self::Existing(output)
    }
}

impl<K: Kind> Clone for Ref<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Managed(address, kind) => Self::Managed(address.clone(), *kind),
            Self::Existing(output) => Self::Existing(output.clone()),
        }
    }
}

impl<K: Kind> fmt::Debug for Ref<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Managed(address, _) => write!(f, "{address}"),
            Self::Existing(output) => f.write_str(output.id()),
        }
    }
}

impl<K: Kind> Serialize for Ref<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Managed(address, _) => json!({ REFERENCE: address }).serialize(serializer),
            Self::Existing(output) => serializer.serialize_str(output.id()),
        }
    }
}

/// A reference's written form. An id can be that of objects of several kinds, and then it stands for several
/// addresses.
#[derive(Deserialize)]
struct Written {
    #[serde(rename = "$ref")]
    addresses: OneOrMore,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Address),
    More(Vec<Address>),
}

/// Reads a reference to a resource of the same cluster. An object of the operator's isn't read: its id alone doesn't
/// say what it gives to others.
impl<'de, K: Kind> Deserialize<'de> for Ref<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let addresses = match Written::deserialize(deserializer)?.addresses {
            OneOrMore::One(address) => vec![address],
            OneOrMore::More(addresses) => addresses,
        };
        let own = addresses.into_iter().find(|address| address.kind() == K::KIND);
        let own = own.ok_or_else(|| D::Error::custom(format!("it isn't a reference to a {}", K::KIND)))?;
        Ok(Self::Managed(own, PhantomData))
    }
}

/// The outputs of resources known so far in a run: from the survey, then from each step that is done.
#[derive(Default)]
pub struct Outputs(RwLock<HashMap<Address, Arc<dyn AnyOutput>>>);

impl Outputs {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces an output.
    pub fn set(&self, address: Address, output: Arc<dyn AnyOutput>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(address, output);
    }

    /// Forgets an output, when its object is deleted.
    pub fn remove(&self, address: &Address) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(address);
    }

    /// The id of a resource, when its output is known.
    pub fn id(&self, address: &Address) -> Option<String> {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.get(address).map(|output| output.object_id().to_owned())
    }

    /// What a reference leads to.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] when the resource has no output yet, which a graph with its edges cannot produce.
    pub fn get<K: Kind>(&self, reference: &Ref<K>) -> Result<K::Output> {
        match reference {
            Ref::Existing(output) => Ok(output.clone()),
            Ref::Managed(address, _) => {
                let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
                table.get(address).and_then(|output| output.as_any().downcast_ref::<K::Output>()).cloned().ok_or_else(
                    || Error::new(ErrorKind::Unexpected, format!("{address} is needed before it has an output")),
                )
            }
        }
    }
}
