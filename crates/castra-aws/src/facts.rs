//! What a plan needs to know of the account beyond the cluster's own objects: zones, image, the existing network, the
//! certificate, the alias's zone. Whatever contradicts the spec becomes a problem, all of it at once.

mod image;
mod network;
mod references;
mod zones;

use std::collections::BTreeMap;

use castra_core::inventory::Findings;
use castra_core::resource::AnyOutput;
use castra_core::spec::{Network, Spec};
use castra_core::topology::ZONES;
use castra_core::{Address, Item, Kind, Ownership, Result};
use futures::future::try_join;
use ipnet::Ipv4Net;

use crate::kinds::SubnetOutput;
use crate::settings::Settings;
use crate::survey::Look;

#[cfg(test)]
pub(crate) use image::MachineImage;
pub(crate) use image::{IMAGE_TAG, Images};
pub(crate) use network::existing;
#[cfg(feature = "route53")]
pub(crate) use references::alias_zone;
pub(crate) use references::certificate;

/// What the resources follow from, beside spec and topology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The zones, in the order of the primaries' slots: two or three.
    pub(crate) zones: Vec<String>,
    /// The existing network, where the spec names one.
    pub(crate) network: Option<NetworkFacts>,
    /// The machine images.
    pub(crate) images: Images,
}

/// An existing network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NetworkFacts {
    /// The VPC's id.
    pub(crate) vpc: String,
    /// Its ranges.
    pub(crate) cidrs: Vec<Ipv4Net>,
    /// The nodes' subnets, in the order of the zones.
    pub(crate) private: Vec<SubnetFacts>,
    /// The public balancer's, in the order of the zones; none if the spec names none.
    pub(crate) public: Vec<SubnetFacts>,
}

/// An existing subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubnetFacts {
    /// What others take from it.
    pub(crate) output: SubnetOutput,
    /// How many of its addresses are free.
    pub(crate) free: u32,
}

/// What facts are learned from: the spec, and what the survey has found so far.
pub(crate) struct Known<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) settings: &'a Settings,
    /// The cluster's own objects.
    pub(crate) items: &'a [Item],
    /// The existing network, as it was found.
    pub(crate) network: Option<NetworkFacts>,
    /// What the image's parameter names now.
    pub(crate) parameter: Option<String>,
    /// The system disk's device name of each image that a machine of the cluster runs on.
    pub(crate) roots: BTreeMap<String, String>,
}

/// Learns what is still unknown. What a running cluster proves by itself isn't asked again: in a cluster that is as
/// its spec wants it this makes no call.
pub(crate) async fn learn(look: &Look<'_>, known: Known<'_>, findings: &mut Findings) -> Result<Option<Facts>> {
    let (mut for_zones, mut for_images) = (Findings::default(), Findings::default());
    let (zones, images) =
        try_join(zones::choose(look, &known, &mut for_zones), image::choose(look, &known, &mut for_images)).await?;
    findings.add(for_zones);
    findings.add(for_images);
    let (Some(zones), Some(images)) = (zones, images) else { return Ok(None) };
    let network = match (known.spec.network, known.network) {
        (Network::Existing, Some(network)) => Some(network.ordered(&zones)),
        (Network::Existing, None) => return Ok(None),
        (Network::Create { .. }, _) => None,
    };
    Ok(Some(Facts { zones, network, images }))
}

impl Known<'_> {
    /// The item of the cluster's own at an address.
    fn ours<K: Kind>(&self, name: &str) -> Option<&Item> {
        let address = Address::of::<K>(name);
        self.items.iter().find(|item| item.address == address && item.ownership == Ownership::Ours)
    }

    /// A text field of an item of the cluster's own.
    fn text<K: Kind>(&self, name: &str, field: &str) -> Option<&str> {
        self.ours::<K>(name)?.fields.get(field)?.as_str()
    }
}

/// The output of an item, where it is of that type.
pub(crate) fn output_of<T: 'static>(item: &Item) -> Option<&T> {
    let output: &dyn AnyOutput = item.output.as_ref();
    output.as_any().downcast_ref::<T>()
}

/// The primaries' resource names by slot.
fn primary(slot: usize) -> String {
    debug_assert!(slot < ZONES);
    format!("primary-{slot}")
}

#[cfg(test)]
mod tests;
