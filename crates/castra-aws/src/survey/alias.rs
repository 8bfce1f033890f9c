//! The alias record, which carries no tags: it is looked for where the spec wants it and where the anchor says it is.

use castra_core::Address;
#[cfg(feature = "route53")]
use castra_core::inventory::Findings;
use castra_core::{Item, Result};

use super::Look;
use crate::names::Names;

/// A place for a record: its hosted zone's id and its name.
type Place = (String, String);

/// The records found.
#[derive(Debug, Default)]
pub(super) struct Records {
    #[cfg(feature = "route53")]
    live: Vec<crate::kinds::alias_record::LiveRecord>,
}

#[cfg(feature = "route53")]
pub(super) async fn look(
    look: &Look<'_>,
    wanted: Option<&Place>,
    recorded: Option<&Place>,
    findings: &mut Findings,
) -> Result<Records> {
    use crate::kinds::alias_record;
    let mut records = Records::default();
    let places = wanted.into_iter().chain(recorded.filter(|place| Some(*place) != wanted));
    let found = futures::future::try_join_all(places.map(|(zone, name)| alias_record::look(look, zone, name))).await?;
    if let (Some((zone, name)), Some(None)) = (wanted, found.first()) {
        crate::facts::alias_zone(look, zone, name, findings).await?;
    }
    records.live.extend(found.into_iter().flatten());
    Ok(records)
}

#[cfg(not(feature = "route53"))]
pub(super) async fn look(_: &Look<'_>, _: Option<&Place>, _: Option<&Place>, _: &mut Findings) -> Result<Records> {
    Ok(Records::default())
}

impl Records {
    /// The items that they are; the balancer that they should point to is among `items`.
    #[cfg(feature = "route53")]
    pub(super) fn items(&self, names: &Names<'_>, items: &[Item]) -> Vec<Item> {
        use castra_core::topology::BalancerRole;

        use crate::kinds::{LbOutput, LoadBalancer};
        let role = BalancerRole::Application;
        let address = Address::of::<LoadBalancer>(role.as_str());
        let balancer = items.iter().find(|item| item.address == address).and_then(crate::facts::output_of::<LbOutput>);
        let name = names.balancer(role);
        self.live.iter().map(|record| record.item(role.as_str(), &name, names.region, balancer)).collect()
    }

    #[cfg(not(feature = "route53"))]
    pub(super) fn items(&self, _: &Names<'_>, _: &[Item]) -> Vec<Item> {
        Vec::new()
    }
}
