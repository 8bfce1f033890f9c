//! Systems Manager's public parameters that name images
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html>,
//! <https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/>).

use super::catalogue::{self, Public};
use crate::aws::account::Account;

const AMAZON_LINUX: &str = "/aws/service/ami-amazon-linux-latest/";
const CANONICAL: &str = "/aws/service/canonical/ubuntu/server/";

/// The current Amazon Linux images by their parameters' last part; `kernel-default` is 6.18 for Amazon Linux 2023 and
/// 5.10 for Amazon Linux 2.
const NAMED: &[(&str, &str)] = &[
    ("al2023-ami-kernel-default-ARCH", "al2023-ami-2023.12.20260930.0-kernel-6.18-ARCH"),
    ("al2023-ami-kernel-6.18-ARCH", "al2023-ami-2023.12.20260930.0-kernel-6.18-ARCH"),
    ("al2023-ami-kernel-6.12-ARCH", "al2023-ami-2023.12.20260930.0-kernel-6.12-ARCH"),
    ("al2023-ami-kernel-6.1-ARCH", "al2023-ami-2023.12.20260930.0-kernel-6.1-ARCH"),
    ("al2023-ami-minimal-kernel-default-ARCH", "al2023-ami-minimal-2023.12.20260930.0-kernel-6.18-ARCH"),
    ("al2023-ami-minimal-kernel-6.18-ARCH", "al2023-ami-minimal-2023.12.20260930.0-kernel-6.18-ARCH"),
    ("al2023-ami-minimal-kernel-6.1-ARCH", "al2023-ami-minimal-2023.12.20260930.0-kernel-6.1-ARCH"),
    ("amzn2-ami-hvm-ARCH-gp2", "amzn2-ami-hvm-2.0.20260930.0-ARCH-gp2"),
    ("amzn2-ami-kernel-4.14-hvm-ARCH-gp2", "amzn2-ami-hvm-2.0.20260930.0-ARCH-gp2"),
    ("amzn2-ami-kernel-5.10-hvm-ARCH-gp2", "amzn2-ami-kernel-5.10-hvm-2.0.20260930.0-ARCH-gp2"),
    ("amzn2-ami-kernel-default-hvm-ARCH-gp2", "amzn2-ami-kernel-5.10-hvm-2.0.20260930.0-ARCH-gp2"),
];

/// Releases of Ubuntu: path, the images' name up to the architecture, the kind of the disk.
const UBUNTU: &[(&str, &str, &str, &str)] = &[
    ("24.04", "noble", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-", "ebs-gp3"),
    ("22.04", "jammy", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-", "ebs-gp2"),
];

/// The value of a public parameter in a region: an image's id.
pub(crate) fn public_parameter(region: &str, name: &str) -> Option<String> {
    public_parameters(region).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// The image that a launch's `resolve:ssm:` names: the account's own parameter or a public one, perhaps of a version.
pub(in crate::aws::ec2) fn named_by_parameter(account: &Account, region: &str, named: &str) -> Option<String> {
    let own = account.regions.get(region).and_then(|region| region.ssm.value(named)).map(str::to_owned);
    own.or_else(|| public_parameter(region, named.split(':').next().unwrap_or_default()))
}

/// All public parameters about images, names and values.
pub(crate) fn public_parameters(region: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let image = |name: &str| catalogue::ALL.iter().find(|public| public.name == name);
    for (parameter, name) in NAMED {
        for architecture in ["arm64", "x86_64"] {
            if let Some(public) = image(&name.replace("ARCH", architecture)) {
                let parameter = format!("{AMAZON_LINUX}{}", parameter.replace("ARCH", architecture));
                parameters.push((parameter, catalogue::id(region, public)));
            }
        }
    }
    for (version, codename, stem, disk) in UBUNTU {
        for architecture in ["amd64", "arm64"] {
            let stem = format!("{stem}{architecture}-server-");
            let mut releases: Vec<(&str, &Public)> =
                catalogue::ALL.iter().filter_map(|public| Some((public.name.strip_prefix(&stem)?, public))).collect();
            releases.sort_unstable_by_key(|(serial, _)| *serial);
            let current = releases.last().map(|(_, public)| ("current", *public));
            for (serial, public) in releases.iter().copied().chain(current) {
                for release in [version, codename] {
                    let parameter = format!("{CANONICAL}{release}/stable/{serial}/{architecture}/hvm/{disk}/ami-id");
                    parameters.push((parameter, catalogue::id(region, public)));
                }
            }
        }
    }
    parameters.sort_unstable();
    parameters
}
