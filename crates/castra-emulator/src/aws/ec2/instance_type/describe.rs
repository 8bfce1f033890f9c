//! DescribeInstanceTypes and DescribeInstanceTypeOfferings.

use serde_json::{Value, json};

use super::{InstanceType, catalogue, offered, show};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::availability_zone::{Zone, zones};
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::{Tags, page};
use crate::aws::error::Answer;

/// Filters whose values are a scalar of the description (or the elements of a list of scalars), by where it is there;
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html>.
const FILTERS: &[(&str, &str)] = &[
    ("auto-recovery-supported", "/AutoRecoverySupported"),
    ("bare-metal", "/BareMetal"),
    ("burstable-performance-supported", "/BurstablePerformanceSupported"),
    ("current-generation", "/CurrentGeneration"),
    ("dedicated-hosts-supported", "/DedicatedHostsSupported"),
    ("ebs-info.attachment-limit-type", "/EbsInfo/AttachmentLimitType"),
    ("ebs-info.ebs-optimized-support", "/EbsInfo/EbsOptimizedSupport"),
    ("ebs-info.encryption-support", "/EbsInfo/EncryptionSupport"),
    ("ebs-info.maximum-ebs-attachments", "/EbsInfo/MaximumEbsAttachments"),
    ("ebs-info.nvme-support", "/EbsInfo/NvmeSupport"),
    ("free-tier-eligible", "/FreeTierEligible"),
    ("hibernation-supported", "/HibernationSupported"),
    ("hypervisor", "/Hypervisor"),
    ("instance-storage-info.total-size-in-gb", "/InstanceStorageInfo/TotalSizeInGB"),
    ("instance-storage-supported", "/InstanceStorageSupported"),
    ("instance-type", "/InstanceType"),
    ("memory-info.size-in-mib", "/MemoryInfo/SizeInMiB"),
    ("network-info.ena-support", "/NetworkInfo/EnaSupport"),
    ("network-info.efa-supported", "/NetworkInfo/EfaSupported"),
    ("network-info.encryption-in-transit-supported", "/NetworkInfo/EncryptionInTransitSupported"),
    ("network-info.ipv4-addresses-per-interface", "/NetworkInfo/Ipv4AddressesPerInterface"),
    ("network-info.ipv6-supported", "/NetworkInfo/Ipv6Supported"),
    ("network-info.maximum-network-interfaces", "/NetworkInfo/MaximumNetworkInterfaces"),
    ("network-info.network-performance", "/NetworkInfo/NetworkPerformance"),
    ("nitro-enclaves-support", "/NitroEnclavesSupport"),
    ("nitro-tpm-support", "/NitroTpmSupport"),
    ("processor-info.supported-architecture", "/ProcessorInfo/SupportedArchitectures"),
    ("processor-info.sustained-clock-speed-in-ghz", "/ProcessorInfo/SustainedClockSpeedInGhz"),
    ("supported-boot-mode", "/SupportedBootModes"),
    ("supported-root-device-type", "/SupportedRootDeviceTypes"),
    ("supported-usage-class", "/SupportedUsageClasses"),
    ("supported-virtualization-type", "/SupportedVirtualizationTypes"),
    ("vcpu-info.default-cores", "/VCpuInfo/DefaultCores"),
    ("vcpu-info.default-threads-per-core", "/VCpuInfo/DefaultThreadsPerCore"),
    ("vcpu-info.default-vcpus", "/VCpuInfo/DefaultVCpus"),
];

/// The types that some zone of the call's region has.
fn here(call: &Call<'_>) -> Vec<&'static InstanceType> {
    let zones = zones(&call.account.id, call.region);
    catalogue::all().filter(|kind| zones.iter().any(|zone| offered(kind, &zone.id))).collect()
}

pub(super) fn types(call: &mut Call<'_>) -> Answer {
    let names: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
    let filters = Filters::of(call, &names)?;
    let wanted = call.texts("InstanceTypes");
    let here = here(call);
    let unknown: Vec<&str> =
        wanted.iter().copied().filter(|name| !here.iter().any(|kind| kind.name == *name)).collect();
    if !unknown.is_empty() {
        let message = format!("The following supplied instance types do not exist: [{}]", unknown.join(", "));
        return Err(ApiError::new("InvalidInstanceType", message));
    }
    let wanted = here.into_iter().filter(|kind| wanted.is_empty() || wanted.contains(&kind.name));
    let shown = wanted.map(show::show).filter(|shown| filters.pass(&Tags::default(), |name| values(shown, name)));
    page::of(call, "InstanceTypes", shown.collect())
}

/// What a description has under a filter's name.
fn values(shown: &Value, filter: &str) -> Vec<String> {
    let pointer = FILTERS.iter().find(|(name, _)| *name == filter).map(|(_, pointer)| *pointer).unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match shown.pointer(pointer) {
        Some(Value::Array(items)) => items.iter().map(text).collect(),
        Some(value) => vec![text(value)],
        None => Vec::new(),
    }
}

pub(super) fn offerings(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["instance-type", "location"])?;
    let zones = zones(&call.account.id, call.region);
    let kind_of_location = call.text("LocationType").unwrap_or("region");
    let location: fn(&Zone) -> &String = match kind_of_location {
        "region" => {
            let region = call.region.to_owned();
            let shown = here(call).into_iter().map(|kind| (kind.name, region.clone()));
            return answer(call, kind_of_location, &filters, shown.collect());
        }
        "availability-zone" => |zone| &zone.name,
        "availability-zone-id" => |zone| &zone.id,
        // Outposts, of which there are none.
        _ => return answer(call, kind_of_location, &filters, Vec::new()),
    };
    let of_zone = |zone: &Zone| {
        let there = catalogue::all().filter(|kind| offered(kind, &zone.id));
        there.map(|kind| (kind.name, location(zone).clone())).collect::<Vec<_>>()
    };
    answer(call, kind_of_location, &filters, zones.iter().flat_map(of_zone).collect())
}

fn answer(call: &Call<'_>, kind: &str, filters: &Filters, offerings: Vec<(&str, String)>) -> Answer {
    let pass = |(name, location): &(&str, String)| {
        filters.pass(&Tags::default(), |filter| {
            vec![if filter == "location" { location.clone() } else { (*name).to_owned() }]
        })
    };
    let show =
        |(name, location): (&str, String)| json!({ "InstanceType": name, "LocationType": kind, "Location": location });
    page::of(call, "InstanceTypeOfferings", offerings.into_iter().filter(pass).map(show).collect())
}
