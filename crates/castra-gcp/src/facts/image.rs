//! Which machine image nodes get.

use std::collections::BTreeSet;

use castra_core::inventory::Findings;
use castra_core::spec::Size;
use castra_core::topology::ZONES;
use castra_core::{Call, Result};
use google_cloud_compute_v1::model::Image as Model;

use super::Known;
use super::zones::{Offered, word};
use crate::call::{maybe, send};
use crate::links;
use crate::settings::Image;
use crate::survey::Look;

/// The image of each node, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Images {
    /// By the primary's index.
    pub(crate) primaries: [String; ZONES],
    /// That of secondaries.
    pub(crate) template: String,
}

impl Images {
    /// A primary's image.
    pub(crate) fn primary(&self, index: usize) -> &str {
        self.primaries.get(index).unwrap_or(&self.template)
    }
}

/// An image as Google has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    path: String,
    family: Option<String>,
    architecture: Option<String>,
    /// The smallest disk that it fits.
    disk: Option<Size>,
}

impl Found {
    fn read(image: &Model) -> Option<Self> {
        Some(Self {
            path: links::relative(image.self_link.as_deref()?).to_owned(),
            family: image.family.clone(),
            architecture: image.architecture.as_ref().and_then(word).map(str::to_owned),
            disk: image.disk_size_gb.and_then(|gib| u64::try_from(gib).ok()).map(Size::gib),
        })
    }
}

/// The image that the settings name: of a family the newest.
pub(super) async fn newest(look: &Look<'_>, image: &Image) -> Result<Option<Found>> {
    match image {
        Image::Family { project, family } => {
            let request = look.clients.images.get_from_family().set_project(project).set_family(family);
            let found = maybe(send!(look, Call::read("compute", "images.getFromFamily"), request))?;
            Ok(found.as_ref().and_then(Found::read))
        }
        Image::Name { project, name } => get(look, project, name).await,
    }
}

async fn get(look: &Look<'_>, project: &str, name: &str) -> Result<Option<Found>> {
    let request = look.clients.images.get().set_project(project).set_image(name);
    let found = maybe(send!(look, Call::read("compute", "images.get"), request))?;
    Ok(found.as_ref().and_then(Found::read))
}

/// An image by name is the image. A family is resolved once: nodes keep what that gave, and those to come get the same,
/// until the spec names another family or an image. That an image is of the family it says itself.
pub(super) async fn choose(
    look: &Look<'_>,
    known: &Known<'_>,
    newest: Option<Found>,
    types: &[Offered],
    findings: &mut Findings,
) -> Result<Option<Images>> {
    let (path, project, family) = match &known.settings.image {
        Image::Name { project, name } => {
            let Some(image) = newest else {
                let message = format!("there is no image {name} in {project}, or it may not be used from this project");
                findings.problem("provider.image.name", message, "name another image");
                return Ok(None);
            };
            let images =
                Images { primaries: std::array::from_fn(|_| image.path.clone()), template: image.path.clone() };
            return Ok(check(&image, known, types, "provider.image.name", findings).then_some(images));
        }
        Image::Family { project, family } => ("provider.image.family", project, family),
    };
    let nodes: [Option<&str>; ZONES] = std::array::from_fn(|slot| known.of_primary(slot, "image"));
    let of_template = known.of_template("image");
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    for recorded in nodes.iter().flatten().chain(&of_template).copied().collect::<BTreeSet<&str>>() {
        // One of another project is none of the family's.
        if links::after(recorded, "projects") != Some(project) {
            continue;
        }
        match &newest {
            Some(newest) if newest.path == recorded => drop(kept.insert(recorded)),
            _ => match get(look, project, links::name(recorded)).await? {
                Some(image) if image.family.as_deref() == Some(family) => drop(kept.insert(recorded)),
                Some(_) => {}
                None => drop(gone.insert(recorded)),
            },
        }
    }
    let of_family = |image: &&str| kept.contains(image);
    let recorded = nodes.into_iter().flatten().find(of_family).or(of_template.filter(|image| of_family(image)));
    match (recorded, &newest) {
        (Some(recorded), Some(newest)) if newest.path != recorded => findings.note(format!(
            "the newest image of {family} is {new} now; nodes stay with {old} until image = {{ project = {project:?}, \
             name = {new:?} }} asks for it",
            new = links::name(&newest.path),
            old = links::name(recorded),
        )),
        (None, None) => {
            let message = format!("there is no family {family} in {project}, or it may not be used from this project");
            findings.problem(path, message, "write a family's name, such as \"ubuntu-2404-lts-amd64\"");
            return Ok(None);
        }
        _ => {}
    }
    if let Some(newest) = &newest
        && recorded != Some(newest.path.as_str())
        && recorded.is_none()
        && !check(newest, known, types, path, findings)
    {
        return Ok(None);
    }
    let wanted = recorded.map(str::to_owned).or_else(|| newest.map(|image| image.path));
    let Some(wanted) = wanted else { return Ok(None) };
    // A machine whose image is gone runs on; which family that was of nobody knows any more.
    let stays = |image: &&str| kept.contains(image) || gone.contains(image);
    Ok(Some(Images { primaries: nodes.map(|node| node.filter(stays).unwrap_or(&wanted).to_owned()), template: wanted }))
}

/// The image fits the machines' processors and their disks.
fn check(image: &Found, known: &Known<'_>, types: &[Offered], path: &str, findings: &mut Findings) -> bool {
    let before = findings.problems.len();
    let name = links::name(&image.path);
    for (of, machine) in known.types() {
        let runs = types.iter().find(|one| one.name == machine).and_then(|one| one.architecture.as_deref());
        if let (Some(runs), Some(wants)) = (runs, image.architecture.as_deref())
            && runs != wants
        {
            findings.problem(
                of,
                format!("\"{machine}\" runs {runs}, and the image {name} is for {wants}"),
                "choose a machine type or an image of the same architecture",
            );
        }
    }
    let smallest = known.spec.primaries.root_disk.size.min(known.spec.secondaries.root_disk.size);
    if let Some(least) = image.disk.filter(|least| *least > smallest) {
        findings.problem(
            path,
            format!("the image {name} wants a system disk of {least}, and the smallest is {smallest}"),
            "make the root_disk of primaries and secondaries larger, or name another image",
        );
    }
    findings.problems.len() == before
}
