//! The forms of Google Cloud's own names.

use castra_core::form;
use castra_core::spec::Invalid;

form!(
    /// A project's id (<https://cloud.google.com/resource-manager/docs/creating-managing-projects>: 6 to 30 small
    /// letters, digits and hyphens, a letter first and no hyphen last), of old with a domain before it.
    ProjectId,
    |text| {
        let id = text.rsplit(':').next().unwrap_or_default();
        let domain = text.strip_suffix(id).and_then(|rest| rest.strip_suffix(':'));
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        let whole = (6..=30).contains(&id.len()) && is_name(id);
        let valid = whole && domain.map_or(id == text, |domain| !domain.is_empty() && domain.chars().all(allowed));
        (!valid).then(|| {
            let remedy = "write the project's id, such as \"my-project\", and neither its name nor its number";
            Invalid::isnt(text, "the id of a project", remedy)
        })
    }
);
form!(
    /// A region's name. New regions keep to the form, so the list below serves suggestions only.
    RegionName,
    |text| {
        let remedy = "write a region's name, such as \"europe-west1\" or \"us-central1\"";
        (!is_region(text)).then(|| Invalid::isnt_among(text, "a region of Google Cloud", &REGIONS, remedy))
    }
);
form!(ZoneName, |text| {
    let letter = text.rsplit_once('-').filter(|(region, letter)| is_region(region) && is_letter(letter));
    letter.is_none().then(|| Invalid::isnt(text, "a zone", "write the zone's name, such as \"europe-west1-b\""))
});
form!(
    /// The name of an image or of a family (<https://cloud.google.com/compute/docs/naming-resources>).
    ImageName,
    |text| {
        (!is_name(text)).then(|| {
            let remedy = "write its name alone, such as \"ubuntu-2404-lts-amd64\"";
            Invalid::isnt(text, "the name of an image", remedy)
        })
    }
);

form!(
    /// A network by its name or its path.
    NetworkRef,
    |text| {
        let valid = match text.split('/').collect::<Vec<_>>().as_slice() {
            [name] => is_name(name),
            ["projects", project, "global", "networks", name] => !project.is_empty() && is_name(name),
            _ => false,
        };
        (!valid).then(|| {
            let remedy = "write its name, or where another project has it \"projects/HOST/global/networks/NAME\"";
            Invalid::isnt(text, "a network", remedy)
        })
    }
);
form!(
    /// A subnetwork by its name or its path.
    SubnetworkRef,
    |text| {
        let valid = match text.split('/').collect::<Vec<_>>().as_slice() {
            [name] => is_name(name),
            ["projects", project, "regions", region, "subnetworks", name] => {
                !project.is_empty() && is_region(region) && is_name(name)
            }
            _ => false,
        };
        (!valid).then(|| {
            let remedy = "write its name, or where another project has it \
                          \"projects/HOST/regions/REGION/subnetworks/NAME\"";
            Invalid::isnt(text, "a subnetwork", remedy)
        })
    }
);

/// Some regions, for suggestions (<https://cloud.google.com/compute/docs/regions-zones>).
const REGIONS: [&str; 18] = [
    "asia-east1",
    "asia-northeast1",
    "asia-south1",
    "asia-southeast1",
    "australia-southeast1",
    "europe-central2",
    "europe-north1",
    "europe-west1",
    "europe-west2",
    "europe-west3",
    "europe-west4",
    "europe-west6",
    "me-west1",
    "northamerica-northeast1",
    "southamerica-east1",
    "us-central1",
    "us-east1",
    "us-west1",
];

/// Whether a text may be a resource's name.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(allowed)
}

fn is_letter(text: &str) -> bool {
    matches!(text.as_bytes(), [b'a'..=b'z'])
}

/// Whether a text has the form of a region's name: an area, and a direction with a number.
fn is_region(text: &str) -> bool {
    let Some((area, direction)) = text.split_once('-') else { return false };
    let word = direction.trim_end_matches(|c: char| c.is_ascii_digit());
    let letters = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase());
    letters(area) && letters(word) && word.len() < direction.len()
}
