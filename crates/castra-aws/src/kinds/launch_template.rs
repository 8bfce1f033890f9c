//! The template by which secondaries are launched.

mod data;

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{LaunchTemplate as Described, LaunchTemplateVersion, ResourceType};
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Context, FieldChange, Item, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use super::{IamInstanceProfile, SecurityGroup};
use crate::call::{assigned, gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;
use crate::user_data::UserData;

/// A launch template. Its default version is the one that counts: a change writes a complete new version, which
/// depends on no earlier one, and makes that the default.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LaunchTemplate {
    /// Its name: 3 to 128 letters, digits and `( ) . - / _`, one template of that name in account and region.
    pub(crate) name: String,
    /// The machine image.
    pub(crate) image: String,
    /// The machine type.
    pub(crate) machine_type: String,
    /// What its machines are to the cloud.
    pub(crate) profile: Ref<IamInstanceProfile>,
    /// Its machines' security groups.
    pub(crate) security_groups: Vec<Ref<SecurityGroup>>,
    /// The size of its machines' system disks in GiB: encrypted gp3 volumes that go with the machines.
    pub(crate) root_disk_gib: u32,
    /// The image's name for its system disk, for example `/dev/xvda`.
    #[serde(skip)]
    pub(crate) root_device: String,
    /// What its machines do at first boot.
    pub(crate) user_data: UserData,
    /// Whether the metadata service asks for session tokens (IMDSv2): `required`.
    pub(crate) metadata_tokens: String,
    /// How many hops the metadata service's answers travel. 2 lets containers on a machine ask.
    pub(crate) metadata_hop_limit: i32,
    /// Its own tags.
    pub(crate) tags: BTreeMap<String, String>,
    /// Its machines' tags, which their disks get too.
    pub(crate) node_tags: BTreeMap<String, String>,
    /// The version that has these fields, where there is one already: it becomes the default one again, and none is
    /// made.
    #[serde(skip)]
    pub(crate) version: Option<i64>,
}

/// What a launch template gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TemplateOutput {
    /// Its id.
    pub(crate) id: String,
    /// The number of its default version.
    pub(crate) version: i64,
}

impl Output for TemplateOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for LaunchTemplate {
    const KIND: &'static str = "launch_template";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    const UPDATE_NOTE: Option<&'static str> = Some("nodes that run stay as they are; new nodes get the change");
    type Output = TemplateOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<TemplateOutput>>> {
        Ok(look_up(at.cx, at.cloud, &self.name).await?.map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<TemplateOutput> {
        // No client token: the name alone makes it one, and is free again once the template is deleted.
        let request = at
            .cloud
            .ec2
            .create_launch_template()
            .launch_template_name(&self.name)
            .launch_template_data(data::request(self, at)?)
            .tag_specifications(tags::specification(ResourceType::LaunchTemplate, &self.tags));
        let answer = send_fresh!(at.cx, Call::idempotent("ec2", "CreateLaunchTemplate"), request)?;
        let made = answer.launch_template();
        let id = assigned(made.and_then(Described::launch_template_id), "launch template")?;
        Ok(TemplateOutput { id, version: made.and_then(Described::default_version_number).unwrap_or(1) })
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &TemplateOutput,
        changes: &[FieldChange],
    ) -> Result<TemplateOutput> {
        if let Some(change) = changes.iter().find(|change| change.field == "tags") {
            tags::sync_ec2(at, &[&live.id], &self.tags, change).await?;
        }
        if changes.iter().all(|change| change.field == "tags") {
            return Ok(live.clone());
        }
        if let Some(version) = self.version {
            // The later one stays, used by nothing: asked for with the same token, it is the one that is answered.
            set_default(at, &live.id, &version.to_string()).await?;
            return Ok(TemplateOutput { id: live.id.clone(), version });
        }
        // The version that it replaces belongs to the question: going back to earlier values is a new version too.
        let parameters = json!([data::parameters(self, at)?, live.version]);
        let request = at
            .cloud
            .ec2
            .create_launch_template_version()
            .launch_template_id(&live.id)
            .client_token(at.owner.token(at.address, &parameters, 0))
            .launch_template_data(data::request(self, at)?);
        let answer = send_fresh!(at.cx, Call::idempotent("ec2", "CreateLaunchTemplateVersion"), request)?;
        let number = answer.launch_template_version().and_then(LaunchTemplateVersion::version_number);
        let version = assigned(number.map(|number| number.to_string()).as_deref(), "launch template version")?;
        set_default(at, &live.id, &version).await?;
        Ok(TemplateOutput { id: live.id.clone(), version: number.unwrap_or(live.version) })
    }

    async fn delete(at: &At<'_, Clients>, live: &TemplateOutput) -> Result<()> {
        let request = at.cloud.ec2.delete_launch_template().launch_template_id(&live.id);
        gone(send!(at.cx, Call::idempotent("ec2", "DeleteLaunchTemplate"), request))
    }

    fn restored(fields: serde_json::Value, live: &TemplateOutput) -> serde_json::Result<Self> {
        Ok(Self { version: Some(live.version), ..serde_json::from_value(fields)? })
    }
}

async fn set_default(at: &At<'_, Clients>, id: &str, version: &str) -> Result<()> {
    let request = at.cloud.ec2.modify_launch_template().launch_template_id(id).default_version(version);
    send_fresh!(at.cx, Call::idempotent("ec2", "ModifyLaunchTemplate"), request).map(drop)
}

/// A template by its name: its default version, and its tags, which the template carries and its versions don't.
async fn look_up(cx: &dyn Context, clients: &Clients, name: &str) -> Result<Option<Live<TemplateOutput>>> {
    let request = clients.ec2.describe_launch_template_versions().launch_template_name(name).versions("$Default");
    let versions = maybe(send!(cx, Call::read("ec2", "DescribeLaunchTemplateVersions"), request))?;
    let versions = versions.and_then(|answer| answer.launch_template_versions).unwrap_or_default();
    let Some(version) = versions.into_iter().next() else { return Ok(None) };
    let Some(id) = version.launch_template_id() else { return Ok(None) };
    let request = clients.ec2.describe_launch_templates().launch_template_ids(id);
    let answer = maybe(send!(cx, Call::read("ec2", "DescribeLaunchTemplates"), request))?;
    let templates = answer.and_then(|answer| answer.launch_templates).unwrap_or_default();
    Ok(live(&version, templates.first()))
}

/// One of which only the version shows yet is not there yet: without its tags it would pass for somebody else's.
fn live(version: &LaunchTemplateVersion, template: Option<&Described>) -> Option<Live<TemplateOutput>> {
    let tags = template?.tags().iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    let tags: BTreeMap<String, String> = tags.filter(|(key, _)| !key.starts_with("aws:")).collect();
    let output = TemplateOutput { id: version.launch_template_id()?.to_owned(), version: version.version_number()? };
    let mut fields = data::fields(version.launch_template_data()?);
    fields.insert("name".into(), json!(version.launch_template_name()));
    fields.insert("tags".into(), json!(tags));
    Some(Live::new(output, fields.into(), tags))
}

/// The template `name`, where the resource `resource` should stand.
pub(crate) async fn list(look: &Look<'_>, resource: &str, name: &str) -> Result<Vec<Item>> {
    let live = look_up(look.cx, look.clients, name).await?;
    Ok(live.map(|live| live.item_at::<LaunchTemplate>(look, resource)).into_iter().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::{ResponseLaunchTemplateData, Tag};

    use super::*;

    #[test]
    fn a_template_whose_tags_do_not_show_yet_is_not_there_yet() {
        let version = LaunchTemplateVersion::builder()
            .launch_template_id("lt-1")
            .version_number(1)
            .launch_template_data(ResponseLaunchTemplateData::builder().build())
            .build();
        assert!(live(&version, None).is_none());
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        let template = Described::builder().tags(tag("castra:cluster", "camp")).tags(tag("aws:own", "no")).build();
        let live = live(&version, Some(&template)).unwrap();
        assert_eq!(live.output, TemplateOutput { id: "lt-1".into(), version: 1 });
        assert_eq!(live.tags, BTreeMap::from([("castra:cluster".into(), "camp".into())]));
    }
}
