//! The spec's `[provider]` section for AWS.

mod check;
mod syntax;

use castra_core::spec::{Draft, Problems, ProviderParser, Reader, Spec};
use schemars::JsonSchema;
use serde::Serialize;

use syntax::{AmiId, DnsName, HostedZoneId, ParameterName, RegionName, SubnetId, VpcId, ZoneName};

/// What AWS needs to know beyond the provider-neutral spec.
///
/// The fields are those of the file's `[provider]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The region, such as `eu-central-1`.
    #[schemars(regex(pattern = r"^[a-z]{2}(-[a-z]+)+-[1-9]$"))]
    pub region: String,
    /// The machine image of every node. Amazon Linux 2023 or what can run its first-boot script.
    pub image: Image,
    /// An existing VPC, with `network.existing = true`; it is never changed.
    #[schemars(regex(pattern = r"^vpc-[0-9a-f]{8,17}$"))]
    #[serde(default)]
    pub vpc_id: Option<String>,
    /// Its subnets for the nodes, one in each zone, with a way out to the internet.
    #[serde(default)]
    pub private_subnet_ids: Vec<String>,
    /// Its subnets for a public application load balancer, one in each zone.
    #[serde(default)]
    pub public_subnet_ids: Vec<String>,
    /// Whether two zones will do where a region, or the network, has no third. Off by default: with two zones one of
    /// them holds two of the three primaries, and losing it stops the cluster.
    #[serde(default)]
    pub allow_fewer_zones: bool,
    /// The zones to use, in the order of the primaries. By default those in use, then the first that have all
    /// machine types.
    #[serde(default)]
    pub zones: Vec<String>,
    /// NAT gateways: one in each zone (the default), or one for all, which is cheaper and ends with its zone.
    #[serde(default)]
    pub nat_gateways: NatGateways,
    /// A Route 53 hosted zone for an alias to the application load balancer.
    #[schemars(regex(pattern = r"^[A-Z0-9]{1,32}$"))]
    #[serde(default)]
    pub hosted_zone_id: Option<String>,
    /// The alias's name in that zone.
    #[serde(default)]
    pub record_name: Option<String>,
}

/// Where the machine image comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
#[non_exhaustive]
pub enum Image {
    /// A certain image.
    Id(String),
    /// The image that a Systems Manager parameter names when the cluster is first applied. What it names later is
    /// reported and not followed.
    SsmParameter(String),
}

/// How many NAT gateways a network of the cluster's own has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NatGateways {
    /// One in each zone, so that no zone depends on another.
    #[default]
    PerZone,
    /// One for all zones.
    One,
}

impl Settings {
    /// The settings of a validated spec.
    ///
    /// # Errors
    /// What is wrong with the section: nothing, if the spec was parsed with [`AwsProvider`].
    pub fn of(spec: &Spec) -> Result<Self, Problems> {
        Reader::read(&spec.provider.settings, "provider", Self::read)
    }

    fn read(section: &mut Reader<'_>) -> Option<Self> {
        const IMAGE: &str = "image = { ssm_parameter = \
             \"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64\" }";
        let region = section.required::<RegionName>("region", "\"eu-central-1\"");
        let image = section.required_section("image", IMAGE, image);
        let vpc_id = section.optional::<VpcId>("vpc_id").map(Into::into);
        let private_subnet_ids = texts(section.list::<SubnetId>("private_subnet_ids"));
        let public_subnet_ids = texts(section.list::<SubnetId>("public_subnet_ids"));
        let allow_fewer_zones = section.or("allow_fewer_zones", false);
        let zones = texts(section.list::<ZoneName>("zones"));
        let nat_gateways = if section.has("nat_gateways") {
            section.choice("nat_gateways", &[("per_zone", NatGateways::PerZone), ("one", NatGateways::One)])
        } else {
            Some(NatGateways::default())
        };
        let hosted_zone_id = section.optional::<HostedZoneId>("hosted_zone_id").map(Into::into);
        let record_name = section.optional::<DnsName>("record_name").map(Into::into);
        Some(Self {
            region: region?.into(),
            image: image?,
            vpc_id,
            private_subnet_ids: private_subnet_ids?,
            public_subnet_ids: public_subnet_ids?,
            allow_fewer_zones: allow_fewer_zones?,
            zones: zones?,
            nat_gateways: nat_gateways?,
            hosted_zone_id,
            record_name,
        })
    }

    /// The partition that ARNs of the region name: `aws`, or that of China or the US government.
    pub(crate) fn partition(region: &str) -> &'static str {
        match region {
            _ if region.starts_with("cn-") => "aws-cn",
            _ if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

fn image(section: &mut Reader<'_>) -> Option<Image> {
    let id = section.optional::<AmiId>("id");
    let parameter = section.optional::<ParameterName>("ssm_parameter");
    match (section.has("id"), section.has("ssm_parameter")) {
        (true, true) => {
            section.refuse("id", "an image is given twice, by id and by parameter", "keep one of the two");
            None
        }
        (false, false) => {
            section.refuse("id", "no image is named", "write id = \"ami-...\" or ssm_parameter = \"/...\"");
            None
        }
        (true, false) => id.map(|id| Image::Id(id.into())),
        (false, true) => parameter.map(|name| Image::SsmParameter(name.into())),
    }
}

fn texts<T: Into<String>>(list: Option<Vec<T>>) -> Option<Vec<String>> {
    list.map(|list| list.into_iter().map(Into::into).collect())
}

/// Reads and checks the `[provider]` section of a spec whose provider is `aws`.
///
/// ```
/// use castra_aws::AwsProvider;
/// use castra_core::spec::Spec;
///
/// let problems = Spec::parse("[provider]\nname = 'aws'\nregion = 'eu-centrl-1'", &[&AwsProvider]).unwrap_err();
/// assert!(problems.concern("provider.region") && problems.concern("provider.image"));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AwsProvider;

impl ProviderParser for AwsProvider {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn check(&self, section: &mut Reader<'_>, draft: &Draft) {
        let settings = Settings::read(section);
        check::names(section, draft);
        check::network(section, draft);
        check::tags(section, draft);
        if let Some(settings) = settings {
            check::zones(section, &settings, draft);
            check::alias(section, &settings);
            check::certificate(section, &settings, draft);
        }
    }

    fn schema(&self) -> schemars::Schema {
        schemars::schema_for!(Settings)
    }
}

#[cfg(test)]
mod tests;
