//! What a plan needs to know of the project and its region, beyond what the survey lists.

use castra_core::spec::{Problem, Spec};
use castra_core::{Call, Result};
use futures::future::try_join;

use crate::call::{maybe, send};
use crate::links;
use crate::settings::{Image, Settings};
use crate::survey::Look;

/// What the resources are made from besides spec and topology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The zones to use, in the order of the primaries.
    pub(crate) zones: Vec<String>,
    /// The path of the machine image.
    pub(crate) image: String,
}

/// What the operator is to be told.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What in the spec the cloud contradicts.
    pub(crate) problems: Vec<Problem>,
    /// What the operator should know.
    pub(crate) notes: Vec<String>,
}

impl Findings {
    /// Adds a problem.
    pub(crate) fn problem(&mut self, path: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem {
            path: path.to_owned(),
            message: message.into(),
            remedy: remedy.into(),
            line: None,
        });
    }
}

/// Learns the facts; none if something is wrong, which the findings then say.
pub(crate) async fn learn(
    look: &Look<'_>,
    spec: &Spec,
    settings: &Settings,
    findings: &mut Findings,
) -> Result<Option<Facts>> {
    let _ = spec;
    let (zones, image) = try_join(zones(look, settings), image(look, settings)).await?;
    if zones.is_empty() {
        let remedy = "write a region of Google Cloud, such as \"europe-west1\"";
        findings.problem("provider.region", format!("\"{}\" isn't there or has no zones", settings.region), remedy);
    }
    match image {
        Some(image) if !zones.is_empty() => return Ok(Some(Facts { zones, image })),
        Some(_) => {}
        None => findings.problem("provider.image", "there is no such image", "name a family or an image that exists"),
    }
    Ok(None)
}

async fn zones(look: &Look<'_>, settings: &Settings) -> Result<Vec<String>> {
    if !settings.zones.is_empty() {
        return Ok(settings.zones.clone());
    }
    let request = look.clients.regions.get().set_project(&look.clients.project).set_region(&settings.region);
    let region = maybe(send!(look, Call::read("compute", "regions.get"), request))?;
    let zones = region.map(|region| region.zones).unwrap_or_default();
    let mut zones: Vec<String> = zones.iter().map(|zone| links::name(zone).to_owned()).collect();
    zones.sort();
    zones.truncate(3);
    Ok(zones)
}

async fn image(look: &Look<'_>, settings: &Settings) -> Result<Option<String>> {
    let images = &look.clients.images;
    let found = match &settings.image {
        Image::Family { project, family } => {
            let request = images.get_from_family().set_project(project).set_family(family);
            maybe(send!(look, Call::read("compute", "images.getFromFamily"), request))?
        }
        Image::Name { project, name } => {
            let request = images.get().set_project(project).set_image(name);
            maybe(send!(look, Call::read("compute", "images.get"), request))?
        }
    };
    Ok(found.and_then(|image| image.self_link).map(|link| links::relative(&link).to_owned()))
}
