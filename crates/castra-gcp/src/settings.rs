//! The spec's `[provider]` section for Google Cloud.

mod check;
mod syntax;

use castra_core::spec::{Draft, Problems, ProviderParser, Reader, Spec};
use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::Serialize;

use syntax::{ImageName, NetworkRef, ProjectId, RegionName, SubnetworkRef, ZoneName};

/// What Google Cloud needs to know beyond the provider-neutral spec.
///
/// The fields are those of the file's `[provider]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The id of the project, such as `my-project`.
    #[schemars(regex(pattern = r"^([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]$"))]
    pub project: String,
    /// The region, such as `europe-west1`.
    #[schemars(regex(pattern = r"^[a-z]+-[a-z]+[0-9]+$"))]
    pub region: String,
    /// The machine image of every node. It must run what Google's own images do: the guest environment.
    pub image: Image,
    /// Whether two zones will do where a region has no third with every machine type. Off by default: with two zones one of
    /// them holds two of the three primaries, and losing it stops the cluster.
    #[serde(default)]
    pub allow_fewer_zones: bool,
    /// The zones to use, in the order of the primaries. By default those in use, then the first that have all machine
    /// types.
    #[serde(default)]
    pub zones: Vec<String>,
    /// An existing network, with `network.existing = true`; it is never changed. Its name, or its path where it is another
    /// project's that is shared with this one: `projects/HOST/global/networks/NAME`.
    #[serde(default)]
    pub network: Option<String>,
    /// Its subnetwork for the nodes, with a way out to the internet: its name in the network's project, or its path,
    /// `projects/HOST/regions/REGION/subnetworks/NAME`.
    #[serde(default)]
    pub subnetwork: Option<String>,
    /// With an existing network that has no active subnetwork of proxies in the region: a free range of it, /26 or larger,
    /// from which one is made.
    #[schemars(with = "Option<String>")]
    #[serde(default)]
    pub proxy_subnet_cidr: Option<Ipv4Net>,
    /// Whether the network's firewall rules are made, or are the operator's own.
    #[serde(default)]
    pub firewall_rules: FirewallRules,
}

/// Whose a network's firewall rules are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FirewallRules {
    /// The cluster's.
    #[default]
    Create,
    /// The operator's own. In a network that another project shares this is the only way.
    Existing,
}

/// Where the machine image comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(deny_unknown_fields)]
#[non_exhaustive]
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
        const RULES: [(&str, FirewallRules); 2] =
            [("create", FirewallRules::Create), ("existing", FirewallRules::Existing)];
        let project = section.required::<ProjectId>("project", "\"my-project\"");
        let region = section.required::<RegionName>("region", "\"europe-west1\"");
        let image = section.required_section("image", IMAGE, image);
        let allow_fewer_zones = section.or("allow_fewer_zones", false);
        let zones = texts(section.list::<ZoneName>("zones"));
        let network = section.optional::<NetworkRef>("network").map(Into::into);
        let subnetwork = section.optional::<SubnetworkRef>("subnetwork").map(Into::into);
        let proxy_subnet_cidr = section.optional::<Ipv4Net>("proxy_subnet_cidr");
        let firewall_rules = match section.has("firewall_rules") {
            true => section.choice("firewall_rules", &RULES),
            false => Some(FirewallRules::default()),
        };
        Some(Self {
            project: project?.into(),
            region: region?.into(),
            image: image?,
            allow_fewer_zones: allow_fewer_zones?,
            zones: zones?,
            network,
            subnetwork,
            proxy_subnet_cidr,
            firewall_rules: firewall_rules?,
        })
    }

    /// The path of the existing network, where one is named.
    pub(crate) fn network_path(&self) -> Option<String> {
        let network = self.network.as_deref()?;
        Some(match network.contains('/') {
            true => network.to_owned(),
            false => format!("projects/{}/global/networks/{network}", self.project),
        })
    }

    /// The path of the existing network's subnetwork, where one is named.
    pub(crate) fn subnetwork_path(&self) -> Option<String> {
        let subnetwork = self.subnetwork.as_deref()?;
        let network = self.network_path()?;
        let project = crate::links::after(&network, "projects").unwrap_or(&self.project);
        Some(match subnetwork.contains('/') {
            true => subnetwork.to_owned(),
            false => format!("projects/{project}/regions/{}/subnetworks/{subnetwork}", self.region),
        })
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

    fn check(&self, section: &mut Reader<'_>, draft: &Draft) {
        let settings = Settings::read(section);
        check::machine_types(section, draft);
        check::network(section, draft);
        check::tags(section, draft);
        if let Some(settings) = settings {
            check::zones(section, &settings);
            check::places(section, &settings);
        }
    }

    fn schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }
}

#[cfg(test)]
mod tests;
