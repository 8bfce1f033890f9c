//! Disks (<https://cloud.google.com/compute/docs/disks>).

use serde_json::{Value, json};

use super::image::{self, Found};
use super::kind::{Kind, New};
use super::{change, disk_type, quota, target};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, list, text};
use crate::gcp::scope::Key;

pub(super) struct Disks;

impl Kind for Disks {
    fn collection(&self) -> &'static str {
        "disks"
    }

    fn schema(&self) -> &'static str {
        "Disk"
    }

    fn noun(&self) -> &'static str {
        "disk"
    }

    fn metrics(&self) -> &'static [&'static str] {
        &["DISKS_TOTAL_GB", "SSD_TOTAL_GB"]
    }

    fn amount(&self, resource: &Resource, metric: &str) -> f64 {
        let counts = disk_type::of_link(resource.text("type")).is_some_and(|of| of.metric == metric);
        if counts { resource.text("sizeGb").parse().unwrap_or_default() } else { 0.0 }
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.disk
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        if let Some(image) = call.text("sourceImage").filter(|image| !image.is_empty()) {
            document.insert("sourceImage".to_owned(), image.into());
        }
        for source in ["sourceSnapshot", "sourceDisk", "sourceInstantSnapshot", "sourceStorageObject"] {
            if let Some(value) = document.get(source) {
                return Err(ApiError::field(source, value, "Only images are served as sources by this emulator."));
            }
        }
        document.remove("params");
        let names = Names { image: "sourceImage", size: "sizeGb", disk_type: "type" };
        complete(call.project, key.scope.name(), document, &names).map_err(|wrong| match wrong {
            Wrong::Image(path) => ApiError::not_found(&path),
            Wrong::Other(error) => error,
        })
    }

    fn ready(&self, project: &mut Project, key: &Key) -> Result<(), OperationError> {
        let Some(resource) = project.resources.get(key) else { return Ok(()) };
        quota::settled(project, self, resource)?;
        Ok(())
    }

    /// Who uses it is who has attached it.
    fn show(&self, project: &Project, resource: &Resource) -> Document {
        let mut document = resource.document.clone();
        let users: Vec<&str> = users(project, resource).map(|(user, _)| user.link()).collect();
        if !users.is_empty() {
            document.insert("users".to_owned(), json!(users));
        }
        document
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("resize", resize)]
    }
}

/// The instances that have attached a disk, and in which mode.
pub(super) fn users<'p>(project: &'p Project, disk: &'p Resource) -> impl Iterator<Item = (&'p Resource, &'p str)> {
    project.resources.at("instances", &disk.key.scope).filter_map(|instance| {
        let mut attached = list(&instance.document, "disks").iter().filter_map(Value::as_object);
        let mine = attached.find(|attached| text(attached, "source") == disk.link())?;
        Some((instance, text(mine, "mode")))
    })
}

/// What a body calls the fields that say what a disk is to be.
pub(super) struct Names<'n> {
    pub(super) image: &'n str,
    pub(super) size: &'n str,
    pub(super) disk_type: &'n str,
}

/// Why a disk can't be.
pub(super) enum Wrong {
    /// There is no image at that path.
    Image(String),
    Other(ApiError),
}

impl From<ApiError> for Wrong {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

/// Completes what a disk is to be, or refuses it: it is as large as its image at least, and within what its type allows
/// (<https://cloud.google.com/compute/docs/disks#disk-types>).
pub(super) fn complete(project: &Project, zone: &str, document: &mut Document, names: &Names<'_>) -> Result<(), Wrong> {
    let kind = match text(document, "type") {
        "" => disk_type::find(disk_type::DEFAULT),
        link => Some(disk_type::in_body(names.disk_type, link, &project.id, zone)?),
    };
    let Some(kind) = kind else { return Ok(()) };
    let image = match text(document, "sourceImage") {
        "" => None,
        link => match image::find(&project.id, link) {
            Found::Image(image) => Some(image),
            Found::Nothing(path) => return Err(Wrong::Image(path)),
            Found::Malformed => {
                return Err(ApiError::field(names.image, &Value::from(link), "The URL is malformed.").into());
            }
        },
    };
    let of_image = image.as_ref().and_then(|image| text(image, "diskSizeGb").parse::<u64>().ok());
    let asked = document.get("sizeGb").and_then(Value::as_str).map(str::parse::<i64>);
    let size = match asked {
        Some(asked) => {
            let asked = asked.unwrap_or_default();
            let wrong = |why: String| Wrong::from(ApiError::field(names.size, &Value::from(asked), why));
            let size = u64::try_from(asked).unwrap_or_default();
            if let Some(least) = of_image.filter(|least| size < *least) {
                let why = format!("Requested disk size cannot be smaller than the image size ({least} GB)");
                return Err(wrong(why));
            }
            if size < kind.least {
                return Err(wrong(format!("Disk size cannot be smaller than {} GB.", kind.least)));
            }
            if size > kind.most {
                return Err(wrong(format!("Disk size cannot be larger than {} GB.", kind.most)));
            }
            size
        }
        None => of_image.map_or(kind.default, |of_image| of_image.max(kind.least)),
    };
    document.insert("sizeGb".to_owned(), size.to_string().into());
    document.insert("type".to_owned(), disk_type::link(&project.id, zone, kind.name).into());
    document.insert("status".to_owned(), "READY".into());
    document.insert("physicalBlockSizeBytes".to_owned(), "4096".into());
    document.insert("enableConfidentialCompute".to_owned(), false.into());
    if let Some(image) = image {
        document.insert("sourceImage".to_owned(), text(&image, "selfLink").into());
        document.insert("sourceImageId".to_owned(), text(&image, "id").into());
        for field in ["architecture", "guestOsFeatures", "licenseCodes", "licenses"] {
            if let Some(value) = image.get(field) {
                document.entry(field).or_insert_with(|| value.clone());
            }
        }
    }
    Ok(())
}

/// Disks grow and never shrink (<https://cloud.google.com/compute/docs/disks/resize-persistent-disk>).
fn resize(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let mut after = change::document(call, &key)?;
    let Some(asked) = call.body.get("sizeGb") else { return Err(ApiError::required("sizeGb")) };
    let number = |value: Option<&Value>| value.and_then(Value::as_str).and_then(|text| text.parse::<u64>().ok());
    let (size, before) = (number(Some(asked)).unwrap_or_default(), number(after.get("sizeGb")).unwrap_or_default());
    let wrong = |why: String| {
        ApiError::invalid(format!("Invalid value for field 'sizeGb': '{}'. {why}", asked.as_str().unwrap_or_default()))
    };
    if size <= before {
        return Err(wrong(format!("New disk size '{size}' must be larger than existing size '{before}'.")));
    }
    if let Some(most) = disk_type::of_link(text(&after, "type")).map(|kind| kind.most).filter(|most| size > *most) {
        return Err(wrong(format!("Disk size cannot be larger than {most} GB.")));
    }
    after.insert("sizeGb".to_owned(), asked.clone());
    Ok(change::apply(call, "resize", key, after))
}
