//! What ties the section's fields to one another and to the rest of the spec.

use std::collections::BTreeMap;

use castra_core::spec::{Draft, Exposure, Network, Reader};
use castra_core::topology::check_spread;

use super::Settings;

/// Names that only AWS refuses.
pub(super) fn names(section: &Reader<'_>, draft: &Draft) {
    // Elastic Load Balancing API reference, CreateLoadBalancer: a name can't begin with "internal-"; Amazon EC2 API
    // reference, CreateSecurityGroup: nor with "sg-". Both begin with the cluster's.
    if let Some(name) = &draft.name {
        for taken in ["internal", "sg"] {
            if name.as_str() == taken || name.as_str().starts_with(&format!("{taken}-")) {
                section.refuse_elsewhere(
                    "name",
                    format!("\"{name}\" would give names that begin with \"{taken}-\", which AWS keeps for itself"),
                    "choose another name",
                );
            }
        }
    }
    for (path, machine) in draft.machine_types() {
        let parts: Vec<&str> = machine.as_str().split('.').collect();
        if parts.len() != 2 || parts.iter().any(|part| part.is_empty()) {
            section.refuse_elsewhere(
                path,
                format!("\"{machine}\" isn't an instance type of EC2"),
                "write a family and a size with a point between them, such as \"m7i.xlarge\"",
            );
        }
    }
}

/// An existing network is named exactly where the spec asks for one.
pub(super) fn network(section: &mut Reader<'_>, draft: &Draft) {
    match draft.network {
        Some(Network::Existing) => {
            for (key, example) in
                [("vpc_id", "\"vpc-...\""), ("private_subnet_ids", "[\"subnet-...\", \"subnet-...\", \"subnet-...\"]")]
            {
                if !section.has(key) {
                    section.refuse(
                        key,
                        "is missing, and network.existing asks for it",
                        format!("add {key} = {example}"),
                    );
                }
            }
            let public = draft.load_balancer.as_ref().is_some_and(|balancer| balancer.exposure == Exposure::Public);
            if public && !section.has("public_subnet_ids") {
                section.refuse(
                    "public_subnet_ids",
                    "is missing, and a public load balancer in an existing network needs it",
                    "add public_subnet_ids = [\"subnet-...\", ...], one in each zone, or make the load balancer internal",
                );
            }
            for key in ["nat_gateways", "zones"] {
                if section.has(key) {
                    section.refuse(
                        key,
                        "is for a network of the cluster's own, and network.existing is true",
                        format!("remove {key}: the existing subnets decide"),
                    );
                }
            }
        }
        Some(Network::Create { .. }) => {
            for key in ["vpc_id", "private_subnet_ids", "public_subnet_ids"] {
                if section.has(key) {
                    section.refuse(
                        key,
                        "names an existing network, but network.cidr asks for one of the cluster's own",
                        format!("remove {key}, or write network.existing = true in place of network.cidr"),
                    );
                }
            }
        }
        None => {}
    }
}

/// The beginning of the keys that AWS keeps to itself, in whatever case (Tagging AWS Resources User Guide, "Tag naming
/// limits and requirements").
const RESERVED: &str = "aws:";

/// Tags begin with nothing that is AWS's. IAM takes keys that differ only in case for one (IAM User Guide, "Tags for IAM
/// resources").
pub(super) fn tags(section: &Reader<'_>, draft: &Draft) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for key in draft.tags.iter().flatten().map(|(key, _)| key.as_str()) {
        if key.to_lowercase().starts_with(RESERVED) {
            let message = format!("`{key}` begins with {RESERVED}, which isn't yours to set");
            section.refuse_elsewhere(&format!("tags.{key}"), message, "choose another beginning");
        }
        if let Some(other) = seen.insert(key.to_lowercase(), key) {
            let message = format!("`{key}` and `{other}` differ only in case, which IAM doesn't tell apart");
            section.refuse_elsewhere("tags", message, "keep one of them");
        }
    }
}

/// Lists of subnets and zones name two or three different ones.
pub(super) fn zones(section: &Reader<'_>, settings: &Settings, draft: &Draft) {
    let lists = [
        ("private_subnet_ids", "subnets", &settings.private_subnet_ids),
        ("public_subnet_ids", "subnets", &settings.public_subnet_ids),
        ("zones", "zones", &settings.zones),
    ];
    for (key, what, list) in lists {
        check_spread(section, key, what, list, settings.allow_fewer_zones);
    }
    let (private, public) = (settings.private_subnet_ids.len(), settings.public_subnet_ids.len());
    let existing = draft.network == Some(Network::Existing);
    if existing && private > 0 && public > 0 && private != public {
        section.refuse(
            "public_subnet_ids",
            format!("{public} public subnets stand beside {private} private ones"),
            "name one public subnet in each zone that has a private one",
        );
    }
    for (i, zone) in settings.zones.iter().enumerate() {
        if !zone.starts_with(&settings.region) {
            section.refuse(
                &format!("zones[{i}]"),
                format!("\"{zone}\" isn't in {}", settings.region),
                format!("write a zone of that region, such as \"{}a\"", settings.region),
            );
        }
    }
}

/// The alias's zone and name come together, in a build that can make it.
pub(super) fn alias(section: &Reader<'_>, settings: &Settings) {
    match (&settings.hosted_zone_id, &settings.record_name) {
        (Some(_), None) => {
            section.refuse("record_name", "is missing beside hosted_zone_id", "add record_name = \"runs.example.com\"")
        }
        (None, Some(_)) => {
            section.refuse("hosted_zone_id", "is missing beside record_name", "add the id of the name's hosted zone");
        }
        (Some(_), Some(_)) if !cfg!(feature = "route53") => section.refuse(
            "hosted_zone_id",
            "this program was built without Route 53",
            "remove hosted_zone_id and record_name, or build with the feature `route53`",
        ),
        _ => {}
    }
}

/// The certificate is one that a load balancer of the region can use: an ARN of Certificate Manager in the same
/// region, or of a server certificate in IAM (Elastic Load Balancing, "SSL certificates for your Application Load
/// Balancer").
pub(super) fn certificate(section: &Reader<'_>, settings: &Settings, draft: &Draft) {
    let Some(certificate) = draft.certificate() else { return };
    let refuse = |message: String| {
        let (partition, region) = (Settings::partition(&settings.region), &settings.region);
        section.refuse_elsewhere(
            "load_balancer.certificate",
            message,
            format!(
                "write the ARN of a certificate in the region, \"arn:{partition}:acm:{region}:ACCOUNT:certificate/ID\""
            ),
        );
    };
    let parts: Vec<&str> = certificate.as_str().splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "acm", region, _, resource] if resource.starts_with("certificate/") => {
            if *region != settings.region {
                refuse(format!(
                    "the certificate is in {region:?}, and the load balancer will be in {:?}",
                    settings.region
                ));
            }
        }
        ["arn", _, "iam", "", _, resource] if resource.starts_with("server-certificate/") => {}
        _ => refuse(format!("\"{certificate}\" isn't the ARN of a certificate")),
    }
}
