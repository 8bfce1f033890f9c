//! The kinds: one of each way to be found again.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Recovery};
use castra_core::{
    Address, Call, ContextExt as _, ErrorKind, FieldChange, Kind, Owner, Ownership, Ref, Result, Seen, Wait,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Flaw;
use super::cloud::{Cloud, Object};

type Tags = BTreeMap<String, String>;

/// The fields with ids in place of references.
fn resolved<K: Kind>(kind: &K, at: &At<'_, Cloud>) -> Value {
    let mut fields = serde_json::to_value(kind).unwrap();
    for value in fields.as_object_mut().unwrap().values_mut() {
        if let Some(address) = value.get("$ref").and_then(Value::as_str) {
            let address: Address = address.parse().unwrap();
            *value = at.outputs.id(&address).expect("it was made before").into();
        }
    }
    fields
}

/// An object of this kind, tags apart.
fn wanted<K: Kind>(kind: &K, at: &At<'_, Cloud>) -> Object {
    let mut fields = resolved(kind, at);
    let tags = fields.as_object_mut().unwrap().remove("tags");
    Object {
        tags: tags.map(|tags| serde_json::from_value(tags).unwrap()).unwrap_or_default(),
        ..at.cloud.object(K::KIND, fields)
    }
}

/// The live fields of an object, tags among them.
pub(super) fn live(object: &Object) -> Value {
    let mut fields = object.fields.clone();
    fields["tags"] = json!(object.tags);
    fields
}

/// Whose an object is, as far as its tags say.
pub(super) fn ownership(object: &Object, cluster: &str, uid: Option<String>) -> Ownership {
    let ours = object.tags.get(Owner::CLUSTER).is_some_and(|name| name == cluster)
        && uid.is_none_or(|uid| object.tags.get(Owner::UID) == Some(&uid));
    if ours { Ownership::Ours } else { Ownership::Foreign(format!("it carries {:?}", object.tags)) }
}

async fn find<K: Kind>(at: &At<'_, Cloud>, is: impl Fn(&Object) -> bool) -> Result<Option<Found<String>>> {
    let found = at.cloud.list(at.cx, K::KIND).await?.into_iter().find(|(_, object)| !object.going() && is(object));
    Ok(found.map(|(id, object)| Found {
        fields: live(&object),
        output: id,
        ownership: ownership(&object, at.owner.cluster.as_str(), Some(at.owner.uid.to_string())),
    }))
}

async fn find_by_tags<K: Kind>(at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
    let (uid, resource) = (at.owner.uid.to_string(), at.address.to_string());
    find::<K>(at, |object| {
        object.tags.get(Owner::UID) == Some(&uid) && object.tags.get(Owner::RESOURCE) == Some(&resource)
    })
    .await
}

async fn create_by_token<K: Kind>(kind: &K, at: &At<'_, Cloud>) -> Result<String> {
    let object = wanted(kind, at);
    let mut token = at.owner.token(at.address, &object.fields, 0);
    if at.cloud.flaw == Some(Flaw::TokenOfTheProcess) {
        token.push_str(&at.cloud.process.to_string());
    }
    at.cloud.create(at.cx, Call::idempotent("toy", "CreateByToken"), &Object { token: Some(token), ..object }).await
}

/// Sets every field that changes in place, tags among them.
async fn update<K: Kind>(kind: &K, at: &At<'_, Cloud>, id: &str) -> Result<String> {
    let Object { fields, tags, .. } = wanted(kind, at);
    at.cloud
        .change(at.cx, "Change", id, |object| {
            object.tags = tags.clone();
            if at.cloud.flaw == Some(Flaw::Restart) {
                object.restarted = Some(at.cx.now());
            }
            for (field, value) in fields.as_object().unwrap() {
                object.fields[field] = value.clone();
            }
        })
        .await?;
    Ok(id.to_owned())
}

async fn delete(at: &At<'_, Cloud>, id: &str) -> Result<()> {
    match at.cloud.remove(at.cx, id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            let wait = Wait::new(format!("{id} to be gone")).every(Duration::from_secs(2));
            at.cx
                .wait(&wait, || async {
                    let state = at.cloud.state(at.cx, id).await?;
                    Ok(if state == "gone" { Seen::Done(()) } else { Seen::Not(state.to_owned()) })
                })
                .await
        }
    }
}

/// Waits until an object serves.
async fn serves(at: &At<'_, Cloud>, id: &str) -> Result<()> {
    let wait = Wait::new(format!("{id} to serve")).deadline(Duration::from_secs(120));
    at.cx
        .wait(&wait, || async {
            let state = at.cloud.state(at.cx, id).await?;
            Ok(if state == "serving" { Seen::Done(()) } else { Seen::Not(state.to_owned()) })
        })
        .await
}

/// The body of a kind that is found by its tags or its name.
macro_rules! kind {
    ($kind:ty, $name:literal, $recovery:ident, $replace:expr, [$($more:tt)*]) => {
        #[async_trait]
        impl Kind for $kind {
            const KIND: &'static str = $name;
            const RECOVERY: Recovery = Recovery::$recovery;
            const REPLACE: &'static [&'static str] = &$replace;
            type Output = String;
            type Cloud = Cloud;

            async fn update(&self, at: &At<'_, Cloud>, id: &String, _: &[FieldChange]) -> Result<String> {
                update(self, at, id).await
            }

            async fn delete(at: &At<'_, Cloud>, id: &String) -> Result<()> {
                delete(at, id).await
            }

            $($more)*
        }
    };
}

/// The first object and the last: its name says whose cluster it is.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Anchor {
    pub(super) name: String,
    pub(super) protected: bool,
    pub(super) tags: Tags,
}

kind!(Anchor, "anchor", Named, ["name"], [
    async fn find(&self, at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
        find::<Self>(at, |object| object.name == self.name).await
    }

    async fn create(&self, at: &At<'_, Cloud>) -> Result<String> {
        let object = Object { name: self.name.clone(), ..wanted(self, at) };
        at.cloud.create(at.cx, Call::idempotent("toy", "CreateByName"), &object).await
    }
]);

/// A network: tagged, and used by all the rest.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Network {
    pub(super) cidr: String,
    pub(super) tags: Tags,
}

kind!(Network, "network", Tagged, ["cidr"], [
    async fn find(&self, at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
        find_by_tags::<Self>(at).await
    }

    async fn create(&self, at: &At<'_, Cloud>) -> Result<String> {
        let object = wanted(self, at);
        let call = Call::mutate("toy", "Create");
        if at.cloud.flaw != Some(Flaw::UntaggedCreate) {
            return at.cloud.create(at.cx, call, &object).await;
        }
        let id = at.cloud.create(at.cx, call, &Object { tags: Tags::new(), ..object.clone() }).await?;
        at.cloud.change(at.cx, "Tag", &id, |fresh| fresh.tags = object.tags.clone()).await?;
        Ok(id)
    }
]);

/// A firewall: servers use it without a word. It is deleted after them, if it is `ORDERED`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Firewall<const ORDERED: bool> {
    pub(super) network: Ref<Network>,
    pub(super) tags: Tags,
}

#[async_trait]
impl<const ORDERED: bool> Kind for Firewall<ORDERED> {
    const KIND: &'static str = "firewall";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &["network"];
    const DELETE_AFTER: &'static [&'static str] = if ORDERED { &["server"] } else { &[] };
    type Output = String;
    type Cloud = Cloud;

    async fn find(&self, at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
        find_by_tags::<Self>(at).await
    }

    async fn create(&self, at: &At<'_, Cloud>) -> Result<String> {
        at.cloud.create(at.cx, Call::mutate("toy", "Create"), &wanted(self, at)).await
    }

    async fn update(&self, at: &At<'_, Cloud>, id: &String, _: &[FieldChange]) -> Result<String> {
        update(self, at, id).await
    }

    async fn delete(at: &At<'_, Cloud>, id: &String) -> Result<()> {
        delete(at, id).await
    }
}

/// The rules of a network: a part of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rules {
    pub(super) network: Ref<Network>,
    pub(super) open: Vec<u16>,
}

#[async_trait]
impl Kind for Rules {
    const KIND: &'static str = "rules";
    const RECOVERY: Recovery = Recovery::Part;
    const REPLACE: &'static [&'static str] = &["network"];
    type Output = String;
    type Cloud = Cloud;

    async fn find(&self, at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
        let network = at.get(&self.network)?;
        let networks = at.cloud.list(at.cx, Network::KIND).await?;
        let open = networks.iter().find(|(id, _)| *id == network).and_then(|(_, network)| network.fields.get("open"));
        Ok(open.map(|open| Found {
            fields: json!({ "network": network, "open": open }),
            output: network.clone(),
            ownership: Ownership::Ours,
        }))
    }

    async fn create(&self, at: &At<'_, Cloud>) -> Result<String> {
        let network = at.get(&self.network)?;
        let done = at.cloud.change(at.cx, "Open", &network, |object| object.fields["open"] = json!(self.open)).await;
        if at.cloud.flaw != Some(Flaw::SwallowedError) {
            done?;
        }
        Ok(network)
    }

    async fn update(&self, at: &At<'_, Cloud>, _: &String, _: &[FieldChange]) -> Result<String> {
        self.create(at).await
    }

    async fn delete(at: &At<'_, Cloud>, network: &String) -> Result<()> {
        let close = |object: &mut Object| drop(object.fields.as_object_mut().unwrap().remove("open"));
        match at.cloud.change(at.cx, "Close", network, close).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            closed => closed,
        }
    }
}

/// A disk: its creation carries a token.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Disk {
    pub(super) size: u64,
    pub(super) tags: Tags,
}

kind!(Disk, "disk", Token, [], [
    async fn find(&self, at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
        find_by_tags::<Self>(at).await
    }

    async fn create(&self, at: &At<'_, Cloud>) -> Result<String> {
        create_by_token(self, at).await
    }
]);

/// A server: its creation carries a token, and it takes its time both to serve and to go.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Server {
    pub(super) network: Ref<Network>,
    pub(super) disk: Ref<Disk>,
    pub(super) tags: Tags,
}

kind!(Server, "server", Token, ["network", "disk"], [
    async fn find(&self, at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
        find_by_tags::<Self>(at).await
    }

    async fn create(&self, at: &At<'_, Cloud>) -> Result<String> {
        create_by_token(self, at).await
    }

    async fn ready(&self, at: &At<'_, Cloud>, id: &String) -> Result<()> {
        if at.cloud.flaw == Some(Flaw::MissingWait) {
            return Ok(());
        }
        serves(at, id).await
    }
]);

/// A pool: it has a name that one pool can have, and as many members as it is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pool {
    pub(super) name: String,
    pub(super) count: u32,
    pub(super) network: Ref<Network>,
    pub(super) tags: Tags,
}

kind!(Pool, "pool", Named, ["name", "network"], [
    async fn find(&self, at: &At<'_, Cloud>) -> Result<Option<Found<String>>> {
        find::<Self>(at, |object| object.name == self.name).await
    }

    async fn create(&self, at: &At<'_, Cloud>) -> Result<String> {
        let object = Object { name: self.name.clone(), ..wanted(self, at) };
        at.cloud.create(at.cx, Call::idempotent("toy", "CreateByName"), &object).await
    }

    async fn ready(&self, at: &At<'_, Cloud>, id: &String) -> Result<()> {
        serves(at, id).await
    }
]);
