//! The forms of Google Cloud's own names.

use castra_core::spec::{Field, Invalid, Node};

/// Gives a text type its form: `$check` answers what is wrong with a text, if anything.
macro_rules! form {
    ($(#[$doc:meta])* $type:ident, $check:expr) => {
        $(#[$doc])*
        pub(super) struct $type(String);

        impl Field for $type {
            fn read(node: &Node) -> Result<Self, Invalid> {
                let text = node.text()?;
                let check: fn(&str) -> Option<Invalid> = $check;
                check(text).map_or_else(|| Ok(Self(text.to_owned())), Err)
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }
    };
}

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
            Invalid::new(format!("{} isn't the id of a project", shown(text)), remedy)
        })
    }
);
form!(
    /// A region's name. New regions keep to the form, so the list below serves suggestions only.
    RegionName,
    |text| {
        let message = || format!("{} isn't a region of Google Cloud", shown(text));
        (!is_region(text)).then(|| Invalid::new(message(), nearest(text)))
    }
);
form!(ZoneName, |text| {
    let letter = text.rsplit_once('-').filter(|(region, letter)| is_region(region) && is_letter(letter));
    letter.is_none().then(|| {
        Invalid::new(format!("{} isn't a zone", shown(text)), "write the zone's name, such as \"europe-west1-b\"")
    })
});
form!(
    /// The name of an image or of a family (<https://cloud.google.com/compute/docs/naming-resources>).
    ImageName,
    |text| {
        (!is_name(text)).then(|| {
            let remedy = "write its name alone, such as \"ubuntu-2404-lts-amd64\"";
            Invalid::new(format!("{} isn't the name of an image", shown(text)), remedy)
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
            Invalid::new(format!("{} isn't a network", shown(text)), remedy)
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
            Invalid::new(format!("{} isn't a subnetwork", shown(text)), remedy)
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

fn nearest(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    REGIONS
        .iter()
        .map(|region| (strsim::jaro_winkler(&text, region), region))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map_or_else(
            || "write a region's name, such as \"europe-west1\" or \"us-central1\"".to_owned(),
            |(_, region)| format!("did you mean \"{region}\"?"),
        )
}

/// A value as messages repeat it, cut to a line.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(80).collect();
    if start.len() == text.len() { format!("{text:?}") } else { format!("{start:?}...") }
}
