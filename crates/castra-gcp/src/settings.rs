//! The spec's `[provider]` section for Google Cloud.

mod syntax;

use castra_core::spec::{Draft, Problems, ProviderParser, Reader, Spec};
use schemars::JsonSchema;
use serde::Serialize;

use syntax::{ImageName, ProjectId, RegionName, ZoneName};

/// What Google Cloud needs to know beyond the provider-neutral spec.
///
/// The fields are those of the file's `[provider]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Settings {
    /// The id of the project, such as `my-project`.
    #[schemars(regex(pattern = r"^([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]$"))]
    pub project: String,
    /// The region, such as `europe-west1`.
    #[schemars(regex(pattern = r"^[a-z]+-[a-z]+[0-9]+$"))]
    pub region: String,
    /// The machine image of every node.
    pub image: Image,
    /// The zones to use, in the order of the primaries. By default those in use, then the first that have all machine
    /// types.
    #[serde(default)]
    pub zones: Vec<String>,
}

/// Where the machine image comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(deny_unknown_fields)]
pub enum Image {
    /// The newest image of a family when the cluster is first applied. A newer one is reported and not followed.
    Family {
        /// The project that has it, such as `ubuntu-os-cloud`.
        project: String,
        /// The family, such as `ubuntu-2404-lts-amd64`.
        family: String,
    },
    /// A certain image.
    Name {
        /// The project that has it.
        project: String,
        /// The image.
        name: String,
    },
}

impl Settings {
    /// The settings of a validated spec.
    ///
    /// # Errors
    /// What is wrong with the section: nothing, if the spec was parsed with [`GcpProvider`].
    pub fn of(spec: &Spec) -> Result<Self, Problems> {
        Reader::read(&spec.provider.settings, "provider", Self::read)
    }

    fn read(section: &mut Reader<'_>) -> Option<Self> {
        const IMAGE: &str = "image = { project = \"ubuntu-os-cloud\", family = \"ubuntu-2404-lts-amd64\" }";
        let project = section.required::<ProjectId>("project", "\"my-project\"");
        let region = section.required::<RegionName>("region", "\"europe-west1\"");
        let image = section.required_section("image", IMAGE, image);
        let zones = texts(section.list::<ZoneName>("zones"));
        Some(Self { project: project?.into(), region: region?.into(), image: image?, zones: zones? })
    }
}

fn image(section: &mut Reader<'_>) -> Option<Image> {
    let project = section.required::<ProjectId>("project", "\"ubuntu-os-cloud\"");
    let family = section.optional::<ImageName>("family");
    let name = section.optional::<ImageName>("name");
    match (section.has("family"), section.has("name")) {
        (true, true) => {
            section.refuse("name", "an image is given twice, by family and by name", "keep one of the two");
            None
        }
        (false, false) => {
            section.refuse("family", "no image is named", "write family = \"ubuntu-2404-lts-amd64\" or name = \"...\"");
            None
        }
        (true, false) => Some(Image::Family { project: project?.into(), family: family?.into() }),
        (false, true) => Some(Image::Name { project: project?.into(), name: name?.into() }),
    }
}

fn texts<T: Into<String>>(list: Option<Vec<T>>) -> Option<Vec<String>> {
    list.map(|list| list.into_iter().map(Into::into).collect())
}

/// Reads and checks the `[provider]` section of a spec whose provider is `gcp`.
///
/// ```
/// use castra_core::spec::Spec;
/// use castra_gcp::GcpProvider;
///
/// let problems = Spec::parse("[provider]\nname = 'gcp'\nregion = 'Frankfurt'", &[&GcpProvider]).unwrap_err();
/// assert!(problems.concern("provider.region") && problems.concern("provider.image"));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct GcpProvider;

impl ProviderParser for GcpProvider {
    fn name(&self) -> &'static str {
        "gcp"
    }

    fn check(&self, section: &mut Reader<'_>, _: &Draft) {
        let _ = Settings::read(section);
    }

    fn schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }
}
