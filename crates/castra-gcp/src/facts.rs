//! What a plan needs to know of the project and its region beyond the cluster's own objects: zones, images, the existing
//! network. Whatever contradicts the spec becomes a problem, all of it at once.

pub(crate) mod certificate;
mod image;
mod network;
mod zones;

use castra_core::inventory::Findings;
use castra_core::spec::{Network, Spec};
use castra_core::{Item, Ownership, Result};
use futures::future::try_join5;
use ipnet::Ipv4Net;

use crate::kinds::SubnetworkOutput;
use crate::settings::Settings;
use crate::survey::Look;

pub(crate) use image::Images;
pub(crate) use zones::of_names as machine_types;

/// What the resources follow from, beside spec and topology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The zones, in the order of the primaries' slots: two or three.
    pub(crate) zones: Vec<String>,
    /// The machine images.
    pub(crate) images: Images,
    /// The existing network, where the spec names one.
    pub(crate) network: Option<NetworkFacts>,
}

/// An existing network, of this project or of one that shares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NetworkFacts {
    /// Its path.
    pub(crate) network: String,
    /// Its ranges in the region.
    pub(crate) cidrs: Vec<Ipv4Net>,
    /// The nodes' subnetwork.
    pub(crate) subnetwork: SubnetworkOutput,
    /// The range of the region's active subnetwork of proxies.
    pub(crate) proxies: Option<Ipv4Net>,
}

/// What Google said that doesn't depend on what the cluster has, so that it is asked while that is still looked for.
pub(crate) struct Asked {
    zones: Vec<zones::Zone>,
    types: Vec<zones::Offered>,
    image: Option<image::Found>,
    network: Option<NetworkFacts>,
    findings: Findings,
}

/// Asks.
pub(crate) async fn ask(look: &Look<'_>, spec: &Spec, settings: &Settings) -> Result<Asked> {
    let (mut findings, mut of_certificate) = (Findings::default(), Findings::default());
    let certificate = certificate::check(look, &spec.load_balancer.certificate, settings, &mut of_certificate);
    let (zones, types, image, network, ()) = try_join5(
        zones::zones(look),
        zones::types(look, spec),
        image::newest(look, &settings.image),
        network::existing(look, settings, &mut findings),
        certificate,
    )
    .await?;
    findings.add(of_certificate);
    Ok(Asked { zones, types, image, network, findings })
}

/// Settles the facts from what was asked and from what the cluster has. None when something is wrong, which the findings
/// then say.
pub(crate) async fn settle(
    look: &Look<'_>,
    asked: Asked,
    known: &Known<'_>,
    findings: &mut Findings,
) -> Result<Option<Facts>> {
    let Asked { zones, types, image, network, findings: earlier } = asked;
    findings.add(earlier);
    let zones = zones::choose(known, &zones, &types, findings);
    let images = image::choose(look, known, image, &types, findings).await?;
    let (Some(zones), Some(images)) = (zones, images) else { return Ok(None) };
    if known.spec.network == Network::Existing && network.is_none() {
        return Ok(None);
    }
    Ok(Some(Facts { zones, images, network }))
}

/// What facts are settled from: the spec, and what the survey has found.
pub(crate) struct Known<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) settings: &'a Settings,
    /// The cluster's own objects.
    pub(crate) items: &'a [Item],
}

impl Known<'_> {
    /// A text field of the first item of the cluster's own that is of that kind and whose name begins so.
    fn text(&self, kind: &str, name: &str, field: &str) -> Option<&str> {
        let named = |item: &&Item| item.address.kind() == kind && item.address.name().starts_with(name);
        let mut ours = self.items.iter().filter(|item| item.ownership == Ownership::Ours);
        ours.find(named)?.fields.get(field)?.as_str()
    }

    /// A text field of a primary's machine.
    fn of_primary(&self, slot: usize, field: &str) -> Option<&str> {
        self.text("instance", &format!("primary-{slot}"), field)
    }

    /// A text field of the secondaries' template.
    fn of_template(&self, field: &str) -> Option<&str> {
        self.text("instance_template", "secondaries", field)
    }

    /// The machine types that the spec asks for, with the path of each.
    fn types(&self) -> [(&'static str, &str); 2] {
        [
            ("primaries.machine_type", self.spec.primaries.machine_type.as_str()),
            ("secondaries.machine_type", self.spec.secondaries.machine_type.as_str()),
        ]
    }
}

#[cfg(test)]
mod tests;
