//! Which machine image nodes get.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{Filter, Image as Described, InstanceTypeInfo};
use castra_core::inventory::Findings;
use castra_core::spec::Size;
use castra_core::topology::ZONES;
use castra_core::{Call, Item, Result};
use futures::future::try_join;

use super::zones::placement;
use super::{Known, primary};
use crate::call::send;
use crate::kinds::{Instance, LaunchTemplate};
use crate::settings::Image;
use crate::survey::Look;

/// The tag of nodes and their template that records which parameter named their image.
pub(crate) const IMAGE_TAG: &str = "castra:image";

/// Where the system disk of an image is that doesn't say: where Amazon Linux has it.
const USUAL_ROOT: &str = "/dev/xvda";

/// A machine image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MachineImage {
    /// Its id.
    pub(crate) id: String,
    /// The device name of its system disk.
    pub(crate) root_device: String,
}

/// The image of each node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Images {
    /// The parameter that named them, where one did.
    pub(crate) source: Option<String>,
    /// By the primary's index.
    pub(crate) primaries: [MachineImage; ZONES],
    /// That of secondaries.
    pub(crate) template: MachineImage,
}

impl Images {
    /// A primary's image.
    pub(crate) fn primary(&self, index: usize) -> &MachineImage {
        self.primaries.get(index).unwrap_or(&self.template)
    }
}

/// The images by id, before anything is known about them.
pub(super) struct Choice {
    pub(super) primaries: [String; ZONES],
    pub(super) template: String,
    path: &'static str,
    source: Option<String>,
}

pub(super) async fn choose(look: &Look<'_>, known: &Known<'_>, findings: &mut Findings) -> Result<Option<Images>> {
    let Some(choice) = pick(known, findings) else { return Ok(None) };
    let ids: BTreeSet<&str> = choice.primaries.iter().chain([&choice.template]).map(String::as_str).collect();
    let mut roots: BTreeMap<&str, &str> =
        known.roots.iter().map(|(image, device)| (image.as_str(), device.as_str())).collect();
    // What machines run on, they say themselves, and have proven to run on.
    let (images, types) = if placement(known).runs_all_types() && ids.iter().all(|id| roots.contains_key(id)) {
        Default::default()
    } else {
        try_join(describe(look, &ids), machine_types(look, known)).await?
    };
    for image in &images {
        check(image, &types, known, &choice, findings);
        roots.insert(image.image_id().unwrap_or_default(), image.root_device_name().unwrap_or(USUAL_ROOT));
    }
    for id in ids.iter().filter(|id| !roots.contains_key(*id)) {
        findings.problem(
            choice.path,
            format!("there is no image {id} in {}, or this account may not use it", known.settings.region),
            "name another image",
        );
    }
    if !findings.problems.is_empty() {
        return Ok(None);
    }
    let get = |id: &String| MachineImage {
        id: id.clone(),
        root_device: roots.get(id.as_str()).copied().unwrap_or(USUAL_ROOT).to_owned(),
    };
    Ok(Some(Images {
        primaries: choice.primaries.each_ref().map(get),
        template: get(&choice.template),
        source: choice.source.clone(),
    }))
}

/// An image by id is the image. One by parameter is resolved once: nodes keep what that gave, and those to come get
/// the same, until the spec names another parameter or an id.
pub(super) fn pick(known: &Known<'_>, findings: &mut Findings) -> Option<Choice> {
    let name = match &known.settings.image {
        Image::Id(id) => {
            return Some(Choice {
                primaries: std::array::from_fn(|_| id.clone()),
                template: id.clone(),
                path: "provider.image.id",
                source: None,
            });
        }
        Image::SsmParameter(name) => name,
    };
    let path = "provider.image.ssm_parameter";
    let from_parameter = |item: &&Item| tag(item, IMAGE_TAG) == Some(name);
    let nodes: [Option<&str>; ZONES] =
        std::array::from_fn(|slot| known.ours::<Instance>(&primary(slot)).filter(from_parameter).and_then(image_of));
    let of_template = known.ours::<LaunchTemplate>("secondaries").filter(from_parameter).and_then(image_of);
    let recorded = nodes.iter().flatten().next().copied().or(of_template);
    let now = known.parameter.as_deref();
    match (recorded, now) {
        (Some(recorded), Some(now)) if recorded != now => findings.note(format!(
            "{name} now names {now}; nodes stay with {recorded} until image = {{ id = \"{now}\" }} asks for it"
        )),
        (None, None) => {
            findings.problem(
                path,
                format!("there is no parameter \"{name}\" in {}", known.settings.region),
                "write the name of a parameter that holds the id of an image",
            );
            return None;
        }
        (None, Some(now)) if !now.starts_with("ami-") => {
            findings.problem(
                path,
                format!("\"{name}\" doesn't hold the id of an image"),
                "write the name of a parameter whose whole text is an image's id",
            );
            return None;
        }
        _ => {}
    }
    let wanted = recorded.or(now)?.to_owned();
    Some(Choice {
        primaries: nodes.map(|node| node.unwrap_or(&wanted).to_owned()),
        template: wanted,
        path,
        source: Some(name.clone()),
    })
}

fn image_of(item: &Item) -> Option<&str> {
    item.fields.get("image")?.as_str()
}

fn tag<'a>(item: &'a Item, key: &str) -> Option<&'a str> {
    item.fields.get("tags")?.get(key)?.as_str()
}

/// By filter and not by id: one id that isn't there would fail the whole call.
async fn describe(look: &Look<'_>, ids: &BTreeSet<&str>) -> Result<Vec<Described>> {
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let wanted = Filter::builder().name("image-id").set_values(Some(ids)).build();
    // A deprecated image still launches by its id, and a filter alone leaves it out (EC2 User Guide, "Deprecate an AMI").
    let request = look.clients.ec2.describe_images().filters(wanted).include_deprecated(true);
    Ok(send!(look.cx, Call::read("ec2", "DescribeImages"), request)?.images.unwrap_or_default())
}

async fn machine_types(look: &Look<'_>, known: &Known<'_>) -> Result<Vec<InstanceTypeInfo>> {
    let names: BTreeSet<String> = [&known.spec.primaries.machine_type, &known.spec.secondaries.machine_type]
        .into_iter()
        .map(ToString::to_string)
        .collect();
    crate::backend::describe_types(look.cx, look.clients, names).await
}

/// The image fits the machines' processors and their disks.
fn check(image: &Described, types: &[InstanceTypeInfo], known: &Known<'_>, choice: &Choice, findings: &mut Findings) {
    let id = image.image_id().unwrap_or_default();
    let architecture = image.architecture().map(|architecture| architecture.as_str()).unwrap_or_default();
    for (path, machine) in [
        ("primaries.machine_type", &known.spec.primaries.machine_type),
        ("secondaries.machine_type", &known.spec.secondaries.machine_type),
    ] {
        let info = types.iter().find(|info| info.instance_type().is_some_and(|name| name.as_str() == machine.as_str()));
        let supported: Vec<&str> = info
            .and_then(InstanceTypeInfo::processor_info)
            .map(|processor| processor.supported_architectures().iter().map(|one| one.as_str()).collect())
            .unwrap_or_default();
        if !supported.is_empty() && !architecture.is_empty() && !supported.contains(&architecture) {
            findings.problem(
                path,
                format!("\"{machine}\" runs {}, and the image {id} is for {architecture}", supported.join(" and ")),
                "choose a machine type or an image of the same architecture",
            );
        }
    }
    let root = image.block_device_mappings().iter().find(|disk| disk.device_name() == image.root_device_name());
    let least =
        root.and_then(|disk| disk.ebs()).and_then(|disk| disk.volume_size()).and_then(|gib| u64::try_from(gib).ok());
    let smallest = known.spec.primaries.root_disk.size.min(known.spec.secondaries.root_disk.size);
    if let Some(least) = least.map(Size::gib).filter(|least| *least > smallest) {
        findings.problem(
            choice.path,
            format!("the image {id} wants a system disk of {least}, and the smallest is {smallest}"),
            "make the root_disk of primaries and secondaries larger, or name another image",
        );
    }
}
