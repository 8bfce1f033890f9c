//! Images of boot disks. Those here are public: projects of Google and others have them, everyone may read and use them,
//! and nobody changes them.

mod public;

use serde_json::{Value, json};

use super::{lists, place_methods, target};
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::resource::{Document, text};
use crate::gcp::scope::{self, BASE};

/// The handler of a verb of images.
pub(super) fn handler(collection: &str, verb: &str) -> Option<Handler> {
    Some(match (collection, verb) {
        ("images", "get") => get,
        ("images", "getFromFamily") => get_from_family,
        ("images", "list") => list,
        _ => return None,
    })
}

/// A project's images.
fn of(project: &str) -> impl Iterator<Item = Document> {
    let families = public::FAMILIES.iter().filter(move |(owner, ..)| *owner == project);
    families.flat_map(|family| public::VERSIONS.iter().enumerate().map(|(age, version)| show(family, version, age > 0)))
}

fn show(family: &public::Family, version: &str, old: bool) -> Document {
    let (project, family, image, description, size) = family;
    let name = format!("{image}-v{version}");
    let link = |name: &str| format!("{BASE}projects/{project}/global/images/{name}");
    let (year, rest) = version.split_at(4);
    let (month, day) = rest.split_at(2);
    let architecture = if family.contains("arm64") { "ARM64" } else { "X86_64" };
    let features: Vec<Value> = ["UEFI_COMPATIBLE", "VIRTIO_SCSI_MULTIQUEUE", "GVNIC", "SEV_CAPABLE"]
        .iter()
        .map(|feature| json!({ "type": feature }))
        .collect();
    let mut shown = place_methods::document(json!({
        "kind": "compute#image",
        "id": place_methods::number(&format!("{project}/{name}")),
        "creationTimestamp": format!("{year}-{month}-{day}T04:20:00.000-08:00"),
        "name": name,
        "description": format!("{description} built on {version}"),
        "sourceType": "RAW",
        "status": "READY",
        "archiveSizeBytes": (size * 150_000_000).to_string(),
        "diskSizeGb": size.to_string(),
        "family": family,
        "architecture": architecture,
        "licenses": [format!("{BASE}projects/{project}/global/licenses/{family}")],
        "licenseCodes": [place_methods::number(family)],
        "guestOsFeatures": features,
        "storageLocations": ["eu", "us"],
        "labelFingerprint": super::fingerprint::of(&Value::Null),
        "selfLink": link(&name),
        "enableConfidentialCompute": false,
    }));
    if old && let Some(newest) = public::VERSIONS.first() {
        let deprecated = json!({ "state": "DEPRECATED", "replacement": link(&format!("{image}-v{newest}")) });
        shown.insert("deprecated".to_owned(), deprecated);
    }
    shown
}

/// The newest image of a family that isn't deprecated (<https://cloud.google.com/compute/docs/images/image-families>).
fn newest(project: &str, family: &str) -> Option<Document> {
    of(project).find(|image| text(image, "family") == family && !image.contains_key("deprecated"))
}

/// What a link to an image leads to.
pub(super) enum Found {
    Image(Document),
    /// Nothing is there: the path where it was looked for.
    Nothing(String),
    /// It is no link to an image.
    Malformed,
}

/// The image that a link leads to: to one by its name, or to the newest of a family.
pub(super) fn find(project: &str, link: &str) -> Found {
    let (owner, path) = scope::parse(link);
    let owner = owner.unwrap_or(project);
    let parts: Vec<&str> = path.split('/').collect();
    let found = match parts.as_slice() {
        ["global", "images", "family", family] => newest(owner, family),
        ["global", "images", name] => of(owner).find(|image| text(image, "name") == *name),
        _ => return Found::Malformed,
    };
    found.map_or_else(|| Found::Nothing(format!("projects/{owner}/{path}")), Found::Image)
}

fn get(call: &mut Call<'_>) -> Answer {
    let (project, name) = (&call.project.id, target::name(call));
    let is = |image: &Document| text(image, "name") == name || text(image, "id") == name;
    let missing = || ApiError::not_found(&format!("projects/{project}/global/images/{name}"));
    of(project).find(is).map(Value::Object).ok_or_else(missing)
}

fn get_from_family(call: &mut Call<'_>) -> Answer {
    let (project, family) = (&call.project.id, call.required("family"));
    let missing = || ApiError::not_found(&format!("projects/{project}/global/images/family/{family}"));
    newest(project, family).map(Value::Object).ok_or_else(missing)
}

fn list(call: &mut Call<'_>) -> Answer {
    let shown = of(&call.project.id).collect();
    let listed = lists::choose(call, shown)?;
    Ok(lists::envelope(call, "global/images", listed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::gcp::testing::Lab;

    fn debian(lab: &mut Lab, path: &str) -> Answer {
        lab.project.id = "debian-cloud".to_owned();
        let answer = lab.send("GET", &format!("/compute/v1/projects/debian-cloud/global/images{path}"), Value::Null);
        lab.project.id = "p1".to_owned();
        answer
    }

    #[test]
    fn a_family_is_its_newest_image() {
        let mut lab = Lab::new();
        let newest = debian(&mut lab, "/family/debian-12").unwrap();
        assert_eq!((&newest["family"], &newest["diskSizeGb"]), (&json!("debian-12"), &json!("10")));
        let name = Lab::text(&newest, "/name");
        assert_eq!(debian(&mut lab, &format!("/{name}")).unwrap(), newest);
        let old = debian(&mut lab, "?filter=family%3Ddebian-12").unwrap();
        let old = old["items"].as_array().unwrap().iter().find(|image| image["name"] != name.as_str()).unwrap().clone();
        assert_eq!(old["deprecated"]["replacement"], newest["selfLink"]);
        let error = debian(&mut lab, "/family/debian-1").unwrap_err();
        assert_eq!(error, ApiError::not_found("projects/debian-cloud/global/images/family/debian-1"));
        assert_eq!(lab.names("global/images"), Vec::<String>::new());
        lab.refused("GET", "global/images/none", Value::Null, 404, "notFound");
    }

    #[test]
    fn links_lead_to_images() {
        let of = |link: &str| match find("p1", link) {
            Found::Image(image) => text(&image, "name").to_owned(),
            Found::Nothing(path) => format!("no {path}"),
            Found::Malformed => "malformed".to_owned(),
        };
        let newest = format!("debian-12-bookworm-v{}", public::VERSIONS[0]);
        for link in [
            "projects/debian-cloud/global/images/family/debian-12",
            &format!("https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/{newest}"),
            "https://compute.googleapis.com/compute/v1/projects/debian-cloud/global/images/family/debian-12",
        ] {
            assert_eq!(of(link), newest, "{link}");
        }
        assert_eq!(of("global/images/mine"), "no projects/p1/global/images/mine");
        assert_eq!(of("debian-12"), "malformed");
    }
}
