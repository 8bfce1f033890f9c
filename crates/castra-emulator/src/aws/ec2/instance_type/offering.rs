//! Where types are offered: each zone lacks some, as DescribeInstanceTypeOfferings of the real regions tells
//! (<https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-regions.html>). A zone that isn't on the list
//! lacks none.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::InstanceType;

/// Families and types that a zone lacks, by the zone's id.
static GAPS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let rows = include_str!("gaps.csv").lines().skip(1);
    rows.filter_map(|row| row.split_once(',')).map(|(zone, names)| (zone, names.split(' ').collect())).collect()
});

/// Whether a zone, by its id (`use1-az3`), has that type.
pub(crate) fn offered(kind: &InstanceType, zone_id: &str) -> bool {
    GAPS.get(zone_id).is_none_or(|lacking| !lacking.iter().any(|name| *name == kind.family.name || *name == kind.name))
}
