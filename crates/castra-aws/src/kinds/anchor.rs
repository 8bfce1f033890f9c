//! The anchor: the first object of a cluster and the last, which says that there is one.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ssm::types::{Parameter, ParameterType, ResourceTypeForTagging, Tag};
use castra_core::context::ContextExt as _;
use castra_core::inventory::{ClusterRecord, Ownership};
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::spec::ClusterName;
use castra_core::{Call, Context, Error, ErrorKind, FieldChange, Item, Result, Seen, Wait};
use futures::future::try_join;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::call::{self, send};
use crate::client::Clients;
use crate::survey::Look;

/// The version of the anchor's text that this program writes.
const FORMAT: u32 = 1;

/// A Systems Manager parameter that names the cluster, says since when there is one, and whether it is protected.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Anchor {
    /// The parameter's name: `/castra/` and the cluster's name.
    pub(crate) name: String,
    /// The cluster's identity beyond its name.
    pub(crate) uid: Uuid,
    /// Whether destroying is refused.
    pub(crate) protected: bool,
    /// Where the alias record is, as its hosted zone's id and its name with a slash between them: records carry no
    /// tags, so that without this none would be found when the cluster is destroyed without its file.
    pub(crate) alias: Option<String>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

impl Anchor {
    /// Where all anchors of an account and region are.
    pub(crate) const FOLDER: &'static str = "/castra/";

    /// The name of a cluster's anchor.
    pub(crate) fn name_of(cluster: &ClusterName) -> String {
        format!("{}{cluster}", Self::FOLDER)
    }

    fn body(&self, created: Timestamp) -> Result<String> {
        let body =
            Body { format: FORMAT, uid: self.uid, created, protected: self.protected, alias: self.alias.clone() };
        serde_json::to_string(&body).map_err(|error| Error::new(ErrorKind::Unexpected, error.to_string()))
    }
}

/// What the parameter's text says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    format: u32,
    uid: Uuid,
    created: Timestamp,
    protected: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias: Option<String>,
}

#[async_trait]
impl Kind for Anchor {
    const KIND: &'static str = "anchor";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "uid"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let (texts, tags) =
            try_join(parameters(at.cx, at.cloud, vec![self.name.clone()]), tags(at.cx, at.cloud, &self.name)).await?;
        let Some(text) = texts.get(&self.name) else { return Ok(None) };
        let live = Live::read(&self.name, text, tags);
        let ownership = match &live.body {
            Some(body) if body.uid == at.owner.uid => Ownership::Ours,
            Some(_) => Ownership::Foreign(format!("it belongs to another cluster named {}", at.owner.cluster)),
            None => live.ownership(),
        };
        Ok(Some(Found { fields: live.fields(), output: self.name.clone(), ownership }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at
            .cloud
            .ssm
            .put_parameter()
            .name(&self.name)
            .description("A Castra cluster. Without this its resources have no owner: destroy the cluster instead.")
            .r#type(ParameterType::String)
            .value(self.body(at.cx.now())?)
            .overwrite(false)
            .set_tags(Some(to_ssm(&self.tags)?));
        // A name that was deleted stays taken for half a minute (SSM API reference, DeleteParameter).
        let wait = Wait::new(format!("{} to be free again", self.name)).deadline(Duration::from_secs(90));
        at.cx
            .wait(&wait, || async {
                match send!(at.cx, Call::mutate("ssm", "PutParameter"), request.clone()) {
                    Err(error)
                        if error.kind() == ErrorKind::AlreadyExists
                            && parameters(at.cx, at.cloud, vec![self.name.clone()]).await?.is_empty() =>
                    {
                        Ok(Seen::Not("it was deleted a moment ago".to_owned()))
                    }
                    answer => answer.map(|_| Seen::Done(())),
                }
            })
            .await?;
        Ok(self.name.clone())
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, changes: &[FieldChange]) -> Result<String> {
        for change in changes.iter().filter(|change| change.field == "tags") {
            sync(at, &self.name, &self.tags, change).await?;
        }
        if changes.iter().any(|change| change.field != "tags") {
            // When the cluster was first applied is known only to the anchor itself.
            let texts = parameters(at.cx, at.cloud, vec![self.name.clone()]).await?;
            let body = texts.get(&self.name).and_then(|text| serde_json::from_str::<Body>(text).ok());
            let created = body.map_or_else(|| at.cx.now(), |body| body.created);
            let request = at
                .cloud
                .ssm
                .put_parameter()
                .name(&self.name)
                .r#type(ParameterType::String)
                .value(self.body(created)?)
                .overwrite(true);
            send!(at.cx, Call::idempotent("ssm", "PutParameter"), request)?;
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let request = at.cloud.ssm.delete_parameter().name(live);
        call::gone(send!(at.cx, Call::idempotent("ssm", "DeleteParameter"), request))
    }
}

/// An anchor as it was found.
struct Live {
    name: String,
    body: Option<Body>,
    tags: BTreeMap<String, String>,
}

impl Live {
    fn read(name: &str, text: &str, tags: BTreeMap<String, String>) -> Self {
        Self { name: name.to_owned(), body: serde_json::from_str(text).ok(), tags }
    }

    fn fields(&self) -> serde_json::Value {
        json!({
            "name": self.name,
            "uid": self.body.as_ref().map(|body| body.uid),
            "protected": self.body.as_ref().map(|body| body.protected),
            "alias": self.body.as_ref().and_then(|body| body.alias.clone()),
            "tags": self.tags,
        })
    }

    fn ownership(&self) -> Ownership {
        match &self.body {
            Some(body) if body.format > FORMAT => {
                Ownership::Foreign(format!("a later version of Castra wrote it, in format {}", body.format))
            }
            Some(_) => Ownership::Ours,
            None => Ownership::Foreign("it isn't the text that Castra writes".into()),
        }
    }
}

/// What the survey learns from the parameters it asks for.
pub(crate) struct Anchored {
    /// The anchor.
    pub(crate) item: Option<Item>,
    /// What it says about its cluster.
    pub(crate) record: Option<ClusterRecord>,
    /// Where the alias record is: hosted zone and name.
    pub(crate) alias: Option<(String, String)>,
    /// The text of the parameter that was asked for beside the anchor, where there is one.
    pub(crate) beside: Option<String>,
}

/// Looks for the anchor of a cluster and, in the same call, reads another parameter.
pub(crate) async fn look(look: &Look<'_>, beside: Option<&str>) -> Result<Anchored> {
    let name = Anchor::name_of(look.cluster);
    let names = std::iter::once(name.clone()).chain(beside.map(str::to_owned)).collect();
    let (mut texts, tags) =
        try_join(parameters(look.cx, look.clients, names), tags(look.cx, look.clients, &name)).await?;
    let beside = beside.and_then(|beside| texts.remove(beside));
    let Some(text) = texts.get(&name) else {
        return Ok(Anchored { item: None, record: None, alias: None, beside });
    };
    let live = Live::read(&name, text, tags);
    let ownership = live.ownership();
    let ours = live.body.as_ref().filter(|_| ownership == Ownership::Ours);
    let record = ours.map(|body| ClusterRecord::new(body.uid).created(body.created).protected(body.protected));
    let alias = ours
        .and_then(|body| body.alias.as_deref()?.split_once('/'))
        .map(|(zone, record)| (zone.to_owned(), record.to_owned()));
    let item = Item::new::<Anchor>("main", live.fields(), name)
        .uid(live.body.as_ref().map(|body| body.uid))
        .ownership(ownership);
    Ok(Anchored { item: Some(item), record, alias, beside })
}

/// Parameters by the names they were asked for; those that aren't there are left out.
async fn parameters(cx: &dyn Context, clients: &Clients, names: Vec<String>) -> Result<BTreeMap<String, String>> {
    let request = clients.ssm.get_parameters().set_names(Some(names.clone()));
    let answer = send!(cx, Call::read("ssm", "GetParameters"), request)?;
    let text = |wanted: &str| {
        let named = |parameter: &&Parameter| {
            let base = parameter.name().unwrap_or_default();
            wanted == base || parameter.selector().is_some_and(|selector| wanted == format!("{base}{selector}"))
        };
        answer.parameters().iter().find(named).and_then(Parameter::value).map(str::to_owned)
    };
    Ok(names.into_iter().filter_map(|name| text(&name).map(|text| (name, text))).collect())
}

/// A parameter's tags; none if it isn't there.
async fn tags(cx: &dyn Context, clients: &Clients, name: &str) -> Result<BTreeMap<String, String>> {
    let request =
        clients.ssm.list_tags_for_resource().resource_type(ResourceTypeForTagging::Parameter).resource_id(name);
    let answer = match send!(cx, Call::read("ssm", "ListTagsForResource"), request) {
        // The code for a parameter that isn't there (Systems Manager API reference, ListTagsForResource).
        Err(error) if error.code() == Some("InvalidResourceId") => return Ok(BTreeMap::new()),
        answer => answer?,
    };
    let tags = answer.tag_list().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
    Ok(tags.filter(|(key, _)| !key.starts_with("aws:")).collect())
}

fn to_ssm(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::new(ErrorKind::Unexpected, error.to_string()))
}

async fn sync(at: &At<'_, Clients>, name: &str, wanted: &BTreeMap<String, String>, change: &FieldChange) -> Result<()> {
    let kind = ResourceTypeForTagging::Parameter;
    let set = at
        .cloud
        .ssm
        .add_tags_to_resource()
        .resource_type(kind.clone())
        .resource_id(name)
        .set_tags(Some(to_ssm(wanted)?));
    send!(at.cx, Call::idempotent("ssm", "AddTagsToResource"), set)?;
    let live = change.from.as_object().into_iter().flat_map(|live| live.keys());
    let extra: Vec<String> = live.filter(|key| !wanted.contains_key(*key)).cloned().collect();
    if !extra.is_empty() {
        let remove =
            at.cloud.ssm.remove_tags_from_resource().resource_type(kind).resource_id(name).set_tag_keys(Some(extra));
        send!(at.cx, Call::idempotent("ssm", "RemoveTagsFromResource"), remove)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    fn anchor(alias: Option<&str>) -> Anchor {
        Anchor {
            name: "/castra/demo".into(),
            uid: Uuid::from_u128(7),
            protected: true,
            alias: alias.map(str::to_owned),
            tags: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_as_the_same_fields() {
        for anchor in [anchor(None), anchor(Some("Z01/runs.example.com"))] {
            let text = anchor.body("2026-11-22T00:00:00Z".parse().unwrap()).unwrap();
            let live = Live::read(&anchor.name, &text, BTreeMap::new());
            assert_eq!(live.fields(), serde_json::to_value(&anchor).unwrap());
            assert_eq!(live.ownership(), Ownership::Ours);
        }
    }

    #[test]
    fn other_texts_are_not_ours() {
        let later = "{\"format\":2,\"uid\":\"00000000-0000-0000-0000-000000000007\",\
                     \"created\":\"2026-11-22T00:00:00Z\",\"protected\":false}";
        for text in ["", "hello", "{}", later] {
            let live = Live::read("/castra/demo", text, BTreeMap::new());
            assert!(matches!(live.ownership(), Ownership::Foreign(_)), "{text}");
        }
    }
}
