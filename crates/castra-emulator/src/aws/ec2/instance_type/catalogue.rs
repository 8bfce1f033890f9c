//! The catalogue: virtual machine types of the general purpose, compute, memory and storage families. Their numbers
//! are those that AWS publishes at
//! <https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-quotas.html> and on the families' pages beside
//! it, and that DescribeInstanceTypes answers.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::LazyLock;

/// An instance type.
#[derive(Debug)]
pub(crate) struct InstanceType {
    pub(crate) name: &'static str,
    pub(crate) family: &'static Family,
    pub(crate) vcpus: i64,
    pub(crate) mib: i64,
    /// Sustained clock speed.
    pub(crate) ghz: Option<f64>,
    /// How many network interfaces it can have.
    pub(crate) interfaces: usize,
    /// IPv4 addresses of each.
    pub(crate) addresses: usize,
    pub(crate) network: &'static str,
    pub(crate) network_gbps: (f64, f64),
    /// Baseline and maximum Mbps and IOPS to EBS; none for types that aren't EBS-optimized.
    pub(crate) ebs: Option<[i64; 4]>,
    /// How many volumes it can have.
    pub(crate) attachments: usize,
    /// Count and GB of its own disks.
    pub(crate) disks: (i64, i64),
    pub(crate) hibernation: bool,
    pub(crate) enclaves: bool,
    pub(crate) free_tier: bool,
}

/// What all sizes of a family share.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) maker: &'static str,
    /// `x86_64` or `arm64`.
    pub(crate) architecture: &'static str,
    pub(crate) hypervisor: &'static str,
    pub(crate) threads_per_core: i64,
    pub(crate) burstable: bool,
    pub(crate) current: bool,
    pub(crate) dedicated_hosts: bool,
    pub(crate) auto_recovery: bool,
    pub(crate) cluster_placement: bool,
    pub(crate) encryption_in_transit: bool,
    pub(crate) nitro_tpm: bool,
    pub(crate) reboot_migration: bool,
    /// `shared` with network interfaces, or `dedicated`.
    pub(crate) attachment_limit: &'static str,
}

static FAMILIES: LazyLock<BTreeMap<&'static str, Family>> = LazyLock::new(|| {
    let rows = include_str!("families.csv").lines().skip(1);
    rows.filter_map(|row| family(&mut row.split(','))).map(|family| (family.name, family)).collect()
});

static TYPES: LazyLock<BTreeMap<&'static str, InstanceType>> = LazyLock::new(|| {
    let rows = include_str!("types.csv").lines().skip(1);
    rows.filter_map(|row| instance_type(&mut row.split(','))).map(|kind| (kind.name, kind)).collect()
});

/// The type of that name.
pub(crate) fn named(name: &str) -> Option<&'static InstanceType> {
    TYPES.get(name)
}

/// All types, by name.
pub(super) fn all() -> impl Iterator<Item = &'static InstanceType> {
    TYPES.values()
}

fn read<T: FromStr>(cells: &mut dyn Iterator<Item = &'static str>) -> Option<T> {
    cells.next()?.parse().ok()
}

fn family(cells: &mut dyn Iterator<Item = &'static str>) -> Option<Family> {
    Some(Family {
        name: cells.next()?,
        maker: cells.next()?,
        architecture: cells.next()?,
        hypervisor: cells.next()?,
        threads_per_core: read(cells)?,
        burstable: read(cells)?,
        current: read(cells)?,
        dedicated_hosts: read(cells)?,
        auto_recovery: read(cells)?,
        cluster_placement: read(cells)?,
        encryption_in_transit: read(cells)?,
        nitro_tpm: read(cells)?,
        reboot_migration: read(cells)?,
        attachment_limit: cells.next()?,
    })
}

fn instance_type(cells: &mut dyn Iterator<Item = &'static str>) -> Option<InstanceType> {
    let name = cells.next()?;
    Some(InstanceType {
        name,
        family: FAMILIES.get(name.split('.').next()?)?,
        vcpus: read(cells)?,
        mib: read(cells)?,
        ghz: read(cells),
        interfaces: read(cells)?,
        addresses: read(cells)?,
        network: cells.next()?,
        network_gbps: (read(cells)?, read(cells)?),
        ebs: {
            let numbers: [Option<i64>; 4] = [read(cells), read(cells), read(cells), read(cells)];
            match numbers {
                [Some(mbps), Some(iops), Some(max_mbps), Some(max_iops)] => Some([mbps, iops, max_mbps, max_iops]),
                _ => None,
            }
        },
        attachments: read(cells)?,
        disks: (read(cells)?, read(cells)?),
        hibernation: read(cells)?,
        enclaves: read(cells)?,
        free_tier: read(cells)?,
    })
}
