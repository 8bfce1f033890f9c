//! The anchor: the first object of a cluster and the last, which says that there is one.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use castra_core::inventory::{ClusterRecord, Ownership};
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::health_check::Type;
use google_cloud_compute_v1::model::{HealthCheck, TCPHealthCheck};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::call::{Seam, gone, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::names::Names;
use crate::operation::{USUAL, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// A regional health check that nothing uses, whose description names the cluster and says since when there is one and
/// whether it is protected. Of all that has a description which can change, it is what costs nothing, checks nothing
/// and needs no other object or API.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Anchor {
    /// The health check's name.
    pub(crate) name: String,
    /// The cluster's identity beyond its name.
    pub(crate) uid: Uuid,
    /// Whether destroying is refused.
    pub(crate) protected: bool,
}

impl Anchor {
    /// The name of the resource.
    pub(crate) const RESOURCE: &'static str = "main";

    /// The name of a cluster's anchor.
    pub(crate) fn name_of(names: &Names<'_>) -> String {
        names.of("anchor")
    }

    fn described(&self, at: &At<'_, Clients>, created: Timestamp) -> HealthCheck {
        let text = Text { mark: Mark::new(at.owner, at.address), created, protected: self.protected };
        HealthCheck::new().set_description(text.to_string())
    }
}

/// The anchor's description: the owner's mark, and `castra:created=... castra:protected=...`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    mark: Mark,
    created: Timestamp,
    protected: bool,
}

const CREATED: &str = " castra:created=";
const PROTECTED: &str = " castra:protected=";

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{CREATED}{}{PROTECTED}{}", self.mark, self.created, self.protected)
    }
}

impl FromStr for Text {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let (rest, protected) = text.rsplit_once(PROTECTED).ok_or(())?;
        let (mark, created) = rest.rsplit_once(CREATED).ok_or(())?;
        Ok(Self {
            mark: mark.parse()?,
            created: created.parse().map_err(|_| ())?,
            protected: protected.parse().map_err(|_| ())?,
        })
    }
}

#[async_trait]
impl Kind for Anchor {
    const KIND: &'static str = "anchor";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "uid"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let Some(live) = get(at, &self.name).await? else { return Ok(None) };
        let ownership = match &live.text {
            Some(text) if text.mark.uid != at.owner.uid => {
                Ownership::Foreign(format!("it belongs to another cluster named {}", at.owner.cluster))
            }
            _ => live.ownership(at.owner.cluster.as_str()),
        };
        Ok(Some(Found { fields: live.fields(), output: live.id, ownership }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let check = self
            .described(at, at.cx.now())
            .set_name(&self.name)
            .set_type(Type::Tcp)
            .set_tcp_health_check(TCPHealthCheck::new().set_port(80));
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_health_checks.insert().set_project(project).set_region(region).set_body(check);
        operate!(at, "regionHealthChecks.insert", USUAL, request)?;
        Ok(at.cloud.regional("healthChecks", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        // When the cluster was first applied is known only to the anchor itself.
        let text = get(at, &self.name).await?.and_then(|live| live.text);
        let changed = self.described(at, text.map_or_else(|| at.cx.now(), |text| text.created));
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_health_checks.patch().set_project(project).set_region(region);
        let request = request.set_health_check(&self.name).set_body(changed);
        operate!(at, "regionHealthChecks.patch", USUAL, request)?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_health_checks.delete().set_project(project).set_region(region);
        gone(operate!(at, "regionHealthChecks.delete", USUAL, request.set_health_check(links::name(live))))
    }
}

/// An anchor as it was found.
struct Live {
    id: String,
    text: Option<Text>,
}

impl Live {
    fn read(id: String, description: Option<&str>) -> Self {
        Self { id, text: description.and_then(|text| text.parse().ok()) }
    }

    fn fields(&self) -> serde_json::Value {
        json!({
            "name": links::name(&self.id),
            "uid": self.text.as_ref().map(|text| text.mark.uid),
            "protected": self.text.as_ref().map(|text| text.protected),
        })
    }

    fn ownership(&self, cluster: &str) -> Ownership {
        match &self.text {
            Some(text) if text.mark.cluster == cluster => Ownership::Ours,
            Some(text) => Ownership::Foreign(format!("it belongs to the cluster {}", text.mark.cluster)),
            None => Ownership::Foreign("its description isn't what Castra writes".into()),
        }
    }
}

async fn get<S: Seam>(seam: &S, name: &str) -> Result<Option<Live>> {
    let clients = seam.clients();
    let request = clients.region_health_checks.get().set_project(&clients.project).set_region(&clients.region);
    let call = Call::read("compute", "regionHealthChecks.get");
    let found = maybe(send!(seam, call, request.set_health_check(name)))?;
    Ok(found.map(|check| Live::read(clients.regional("healthChecks", name), check.description.as_deref())))
}

/// What the survey learns of the anchor.
pub(crate) struct Anchored {
    /// The anchor.
    pub(crate) item: Option<Item>,
    /// What it says about its cluster.
    pub(crate) record: Option<ClusterRecord>,
}

/// Looks for the anchor of a cluster.
pub(crate) async fn look(look: &Look<'_>) -> Result<Anchored> {
    let Some(live) = get(look, &Anchor::name_of(&look.names())).await? else {
        return Ok(Anchored { item: None, record: None });
    };
    let ownership = live.ownership(look.cluster.as_str());
    let ours = live.text.as_ref().filter(|_| ownership == Ownership::Ours);
    let record = ours.map(|text| ClusterRecord::new(text.mark.uid).created(text.created).protected(text.protected));
    let item = Item::new::<Anchor>(Anchor::RESOURCE, live.fields(), live.id.clone())
        .uid(record.as_ref().map(|record| record.uid))
        .ownership(ownership);
    Ok(Anchored { item: Some(item), record })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use castra_core::Address;

    use super::*;

    fn text() -> Text {
        let mark = Mark { cluster: "camp".into(), address: Address::new("anchor", "main"), uid: Uuid::from_u128(7) };
        Text { mark, created: "2026-11-22T00:00:00Z".parse().unwrap(), protected: true }
    }

    #[test]
    fn what_is_written_is_read_back_as_the_same_fields() {
        assert_eq!(text().to_string().parse(), Ok(text()));
        let anchor = Anchor { name: "camp-anchor".into(), uid: Uuid::from_u128(7), protected: true };
        let live = Live::read("projects/p1/regions/r/healthChecks/camp-anchor".into(), Some(&text().to_string()));
        assert_eq!(live.fields(), serde_json::to_value(&anchor).unwrap());
        assert_eq!(live.ownership("camp"), Ownership::Ours);
        assert!(matches!(live.ownership("other"), Ownership::Foreign(_)));
    }

    #[test]
    fn other_texts_are_not_ours() {
        let written = text().to_string();
        let others =
            ["", "hello", &text().mark.to_string(), &written.replace("true", "yes"), &format!("{written} more")];
        for other in others {
            let live = Live::read("a".into(), Some(other));
            assert!(matches!(live.ownership("camp"), Ownership::Foreign(_)), "{other}");
        }
    }
}
