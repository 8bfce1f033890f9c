//! An instance type as DescribeInstanceTypes shows it.

use serde_json::{Value, json};

use super::InstanceType;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html>
pub(super) fn show(kind: &InstanceType) -> Value {
    let family = kind.family;
    let nitro = family.hypervisor == "nitro";
    let supported = |is: bool| if is { "supported" } else { "unsupported" };
    let mut shown = json!({
        "InstanceType": kind.name,
        "CurrentGeneration": family.current,
        "FreeTierEligible": kind.free_tier,
        "SupportedUsageClasses": ["on-demand", "spot"],
        "SupportedRootDeviceTypes": ["ebs"],
        "SupportedVirtualizationTypes": ["hvm"],
        "BareMetal": false,
        "Hypervisor": family.hypervisor,
        "ProcessorInfo": processor(kind),
        "VCpuInfo": vcpus(kind),
        "MemoryInfo": { "SizeInMiB": kind.mib },
        "InstanceStorageSupported": kind.disks.0 > 0,
        "EbsInfo": ebs(kind),
        "NetworkInfo": network(kind),
        "PlacementGroupInfo": { "SupportedStrategies": strategies(kind) },
        "HibernationSupported": kind.hibernation,
        "BurstablePerformanceSupported": family.burstable,
        "DedicatedHostsSupported": family.dedicated_hosts,
        "AutoRecoverySupported": family.auto_recovery,
        "SupportedBootModes": boot_modes(kind),
        "NitroEnclavesSupport": supported(kind.enclaves),
        "NitroTpmSupport": supported(family.nitro_tpm),
        "PhcSupport": "unsupported",
        "RebootMigrationSupport": supported(family.reboot_migration),
    });
    if kind.disks.0 > 0 {
        shown["InstanceStorageInfo"] = json!({
            "TotalSizeInGB": kind.disks.0 * kind.disks.1,
            "Disks": [{ "SizeInGB": kind.disks.1, "Count": kind.disks.0, "Type": "ssd" }],
            "NvmeSupport": "required",
            "EncryptionSupport": if nitro { "required" } else { "unsupported" },
        });
    }
    if family.nitro_tpm {
        shown["NitroTpmInfo"] = json!({ "SupportedVersions": ["2.0"] });
    }
    shown
}

fn processor(kind: &InstanceType) -> Value {
    let mut shown = json!({ "SupportedArchitectures": [kind.family.architecture], "Manufacturer": kind.family.maker });
    if let Some(ghz) = kind.ghz {
        shown["SustainedClockSpeedInGhz"] = ghz.into();
    }
    shown
}

fn vcpus(kind: &InstanceType) -> Value {
    let threads = kind.family.threads_per_core;
    json!({
        "DefaultVCpus": kind.vcpus,
        "DefaultCores": kind.vcpus / threads.max(1),
        "DefaultThreadsPerCore": threads,
    })
}

fn ebs(kind: &InstanceType) -> Value {
    let nitro = kind.family.hypervisor == "nitro";
    let mut shown = json!({
        "EbsOptimizedSupport": if kind.ebs.is_some() { "default" } else { "unsupported" },
        "EncryptionSupport": "supported",
        "NvmeSupport": if nitro { "required" } else { "unsupported" },
        "MaximumEbsAttachments": kind.attachments,
        "AttachmentLimitType": kind.family.attachment_limit,
    });
    if let Some([mbps, iops, max_mbps, max_iops]) = kind.ebs {
        #[expect(clippy::cast_precision_loss, reason = "bandwidths are small")]
        let throughput = |mbps: i64| mbps as f64 / 8.0;
        shown["EbsOptimizedInfo"] = json!({
            "BaselineBandwidthInMbps": mbps,
            "BaselineThroughputInMBps": throughput(mbps),
            "BaselineIops": iops,
            "MaximumBandwidthInMbps": max_mbps,
            "MaximumThroughputInMBps": throughput(max_mbps),
            "MaximumIops": max_iops,
        });
    }
    shown
}

fn network(kind: &InstanceType) -> Value {
    let nitro = kind.family.hypervisor == "nitro";
    json!({
        "NetworkPerformance": kind.network,
        "MaximumNetworkInterfaces": kind.interfaces,
        "MaximumNetworkCards": 1,
        "DefaultNetworkCardIndex": 0,
        "NetworkCards": [{
            "NetworkCardIndex": 0,
            "NetworkPerformance": kind.network,
            "MaximumNetworkInterfaces": kind.interfaces,
            "BaselineBandwidthInGbps": kind.network_gbps.0,
            "PeakBandwidthInGbps": kind.network_gbps.1,
        }],
        "Ipv4AddressesPerInterface": kind.addresses,
        "Ipv6AddressesPerInterface": kind.addresses,
        "Ipv6Supported": true,
        "EnaSupport": if nitro { "required" } else { "unsupported" },
        "EfaSupported": false,
        "EncryptionInTransitSupported": kind.family.encryption_in_transit,
        "EnaSrdSupported": false,
    })
}

fn strategies(kind: &InstanceType) -> &'static [&'static str] {
    if kind.family.cluster_placement { &["cluster", "partition", "spread"] } else { &["partition", "spread"] }
}

fn boot_modes(kind: &InstanceType) -> &'static [&'static str] {
    match (kind.family.architecture, kind.family.hypervisor) {
        ("arm64", _) => &["uefi"],
        (_, "nitro") => &["legacy-bios", "uefi"],
        _ => &["legacy-bios"],
    }
}
