//! What the secondaries' machines are made from.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::context::ContextExt as _;
use castra_core::resource::{At, Found, Kind, Output, Recovery};
use castra_core::{Call, ErrorKind, Item, Result, Seen, Wait};
use google_cloud_compute_v1::model::{AttachedDiskInitializeParams, InstanceProperties, InstanceTemplate as Model};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::live::{Live, items};
use super::machine::{Machine, ROOT_DISK, Told};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, operate};
use crate::startup_script::StartupScript;
use crate::survey::Look;
use crate::tags::{Mark, UID, live_labels};

/// How long a template that isn't wanted any more may stay in use: a group that rolls to another one uses it until its
/// last machine is replaced.
const ROLL: Duration = Duration::from_secs(3600);

/// An instance template of the region.
///
/// Templates never change. So its name ends with a [digest](InstanceTemplate::digest) of what is in it, and what is to be
/// different is another template: the group goes over to it, and then the old one goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InstanceTemplate {
    /// Its name, which one template in the region has.
    pub(crate) name: String,
    /// What all nodes' machines have in common.
    #[serde(flatten)]
    pub(crate) machine: Machine,
    /// The labels of its machines and of their system disks.
    pub(crate) node_labels: BTreeMap<String, String>,
}

/// What a template gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TemplateOutput {
    /// Its path.
    pub(crate) id: String,
    /// What its machines run when they boot, of which its fields have the digest alone: one that is made again needs it.
    #[serde(skip)]
    pub(crate) startup_script: StartupScript,
}

impl Output for TemplateOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

impl InstanceTemplate {
    /// Eight hexadecimal digits that tell templates with other content apart. The owner's uid doesn't count: what a spec asks
    /// for has the same addresses in every cluster of it.
    pub(crate) fn digest(machine: &Machine, node_labels: &BTreeMap<String, String>) -> String {
        let labels: BTreeMap<_, _> = node_labels.iter().filter(|(key, _)| *key != UID).collect();
        let mut digest = castra_core::plan::digest(&json!([machine, labels]).to_string());
        digest.truncate(8);
        digest
    }

    fn properties(&self, at: &At<'_, Clients>) -> Result<InstanceProperties> {
        let labels = || self.node_labels.clone();
        // In a template, types are names without a zone.
        let params = AttachedDiskInitializeParams::new().set_disk_type(ROOT_DISK).set_labels(labels());
        Ok(InstanceProperties::new()
            .set_machine_type(&self.machine.machine_type)
            .set_disks([self.machine.boot_disk(params)])
            .set_network_interfaces([self.machine.interface(at)?])
            .set_service_accounts([self.machine.account(at)?])
            .set_metadata(self.machine.metadata(None))
            .set_shielded_instance_config(self.machine.shielded())
            .set_labels(labels()))
    }
}

#[async_trait]
impl Kind for InstanceTemplate {
    const KIND: &'static str = "instance_template";
    const RECOVERY: Recovery = Recovery::Named;
    // Not what it refers to: an account that is made again has the same address, and the template, which is in use, stays.
    const REPLACE: &'static [&'static str] = &[
        "name",
        "image",
        "machine_type",
        "root_disk_gb",
        "startup_script",
        "ssh_keys",
        "block_project_ssh_keys",
        "secure_boot",
        "vtpm",
        "integrity_monitoring",
        "node_labels",
    ];
    const COMES_BACK: bool = true;
    type Output = TemplateOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<TemplateOutput>>> {
        let request = at.cloud.region_instance_templates.get().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_instance_template(&self.name);
        let found = maybe(send!(at, Call::read("compute", "regionInstanceTemplates.get"), request))?;
        Ok(found.as_ref().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<TemplateOutput> {
        let template = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_properties(self.properties(at)?);
        let request = at.cloud.region_instance_templates.insert().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_body(template);
        operate!(at, "regionInstanceTemplates.insert", USUAL, request)?;
        let startup_script = self.machine.startup_script.clone();
        Ok(TemplateOutput { id: at.cloud.regional("instanceTemplates", &self.name), startup_script })
    }

    /// Deletes the template as soon as no group uses it.
    async fn delete(at: &At<'_, Clients>, live: &TemplateOutput) -> Result<()> {
        let name = links::name(&live.id);
        let request = at.cloud.region_instance_templates.delete().set_project(&at.cloud.project);
        let request = request.set_region(&at.cloud.region).set_instance_template(name);
        let wait = Wait::new(format!("{name} to be used no more")).every(Duration::from_secs(10)).deadline(ROLL);
        at.cx
            .wait(&wait, || async {
                match gone(operate!(at, "regionInstanceTemplates.delete", USUAL, request.clone())) {
                    Err(error) if error.kind() == ErrorKind::InUse => Ok(Seen::Hindered(error)),
                    answer => answer.map(Seen::Done),
                }
            })
            .await
    }

    fn restored(fields: Value, live: &TemplateOutput) -> serde_json::Result<Self> {
        let mut template: Self = serde_json::from_value(fields)?;
        template.machine.startup_script = live.startup_script.clone();
        Ok(template)
    }
}

/// Reads a template.
fn live(template: &Model) -> Option<Live<TemplateOutput>> {
    let id = links::relative(template.self_link.as_deref()?).to_owned();
    let properties = template.properties.as_ref()?;
    let boot = match properties.disks.as_slice() {
        [one] => one.initialize_params.as_ref(),
        _ => None,
    };
    let told = Told {
        machine_type: properties.machine_type.as_deref(),
        interfaces: &properties.network_interfaces,
        accounts: &properties.service_accounts,
        metadata: properties.metadata.as_ref(),
        shielded: properties.shielded_instance_config.as_ref(),
        image: boot.and_then(|boot| boot.source_image.as_deref()),
        root_gb: boot.and_then(|boot| boot.disk_size_gb),
        root_type: boot.and_then(|boot| boot.disk_type.as_deref()),
    };
    let mut fields = told.fields();
    fields.insert("name".to_owned(), json!(template.name));
    fields.insert("node_labels".to_owned(), json!(live_labels(&properties.labels)));
    let startup_script = StartupScript::live(told.startup_script().unwrap_or_default());
    let output = TemplateOutput { id, startup_script };
    Some(Live::described(output, Value::Object(fields), template.description.as_deref()))
}

/// The templates of a cluster: the one in use, and those that it goes from or to.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.region_instance_templates.list().set_project(project).set_region(region);
    let found: Vec<Model> = list!(look, "regionInstanceTemplates.list", request.set_filter(look.names().filter()))?;
    // One of somebody else's that has the name of ours is found when ours is made: the names can't be known here.
    Ok(items::<InstanceTemplate>(look, found.iter().filter_map(live), &[]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::kinds::machine::tests::machine;

    fn template() -> InstanceTemplate {
        InstanceTemplate { name: "camp-secondaries-1".into(), machine: machine(), node_labels: BTreeMap::new() }
    }

    /// A field on one side only would differ for ever; and each is fixed but for references.
    #[test]
    fn wanted_and_live_fields_have_the_same_names() {
        let model = Model::new().set_name("t").set_self_link("projects/p1/x").set_properties(InstanceProperties::new());
        let names = |value: &Value| {
            let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        let wanted = serde_json::to_value(template()).unwrap();
        assert_eq!(names(&wanted), names(&live(&model).unwrap().fields));
        let mut fixed: Vec<&str> = [InstanceTemplate::REPLACE, &["service_account", "subnetwork"]].concat();
        fixed.sort_unstable();
        assert_eq!(names(&wanted), fixed);
    }

    /// The one that is made again has it all the same.
    #[test]
    fn debug_shows_nothing_of_a_live_script() {
        let wanted = Machine { startup_script: StartupScript::new("echo the-content").unwrap(), ..machine() };
        let properties = InstanceProperties::new().set_metadata(wanted.metadata(None));
        let model = Model::new().set_name("t").set_self_link("projects/p1/x").set_properties(properties);
        let live = live(&model).unwrap();
        let shown = format!("{live:?}");
        assert!(
            !shown.contains("the-content") && shown.contains(&StartupScript::digest_of("echo the-content")),
            "{shown}"
        );
        let again = InstanceTemplate::restored(serde_json::to_value(template()).unwrap(), &live.output).unwrap();
        assert_eq!(again.machine.startup_script, wanted.startup_script);
    }

    #[test]
    fn another_content_is_another_digest() {
        let labels = BTreeMap::from([("team".to_owned(), "platform".to_owned())]);
        let digest = InstanceTemplate::digest(&machine(), &labels);
        assert_eq!(digest, InstanceTemplate::digest(&machine(), &labels));
        assert_eq!(digest.len(), 8);
        let larger = Machine { machine_type: "e2-standard-8".into(), ..machine() };
        let scripted = Machine { startup_script: StartupScript::new("#!/bin/sh\ntrue\n").unwrap(), ..machine() };
        for other in [larger, scripted] {
            assert_ne!(digest, InstanceTemplate::digest(&other, &labels));
        }
        assert_ne!(digest, InstanceTemplate::digest(&machine(), &BTreeMap::new()));
        let owned = labels.into_iter().chain([(UID.to_owned(), "1".to_owned())]).collect();
        assert_eq!(digest, InstanceTemplate::digest(&machine(), &owned), "whose it is isn't what is in it");
    }
}
