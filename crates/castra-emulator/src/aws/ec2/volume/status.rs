//! DescribeVolumeStatus (<https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-status.html>).

use serde_json::json;

use super::Volume;
use crate::aws::call::Call;
use crate::aws::ec2::availability_zone;
use crate::aws::ec2::resource::Description;
use crate::aws::error::Answer;

/// The filters that tell of checks; no volume here fails one.
const FILTERS: &[&str] = &[
    "action.code",
    "action.description",
    "action.event-id",
    "availability-zone",
    "availability-zone-id",
    "event.description",
    "event.event-id",
    "event.event-type",
    "event.not-after",
    "event.not-before",
    "volume-status.details-name",
    "volume-status.details-status",
    "volume-status.status",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let ec2 = &call.look().ec2;
    let zone_id = |volume: &Volume| availability_zone::id_of(&ec2.owner, &ec2.region, &volume.zone);
    // Checks begin when the volume is there.
    let status = |volume: &Volume| if volume.state == "creating" { "insufficient-data" } else { "ok" };
    Description {
        output: "VolumeStatuses",
        ids: "VolumeIds",
        filters: FILTERS,
        values: &|volume: &Volume, name| match name {
            "availability-zone" => vec![volume.zone.clone()],
            "availability-zone-id" => vec![zone_id(volume)],
            "volume-status.details-name" => vec!["io-enabled".to_owned()],
            "volume-status.details-status" => vec!["passed".to_owned()],
            "volume-status.status" => vec![status(volume).to_owned()],
            _ => Vec::new(),
        },
        show: &|volume| {
            json!({
                "VolumeId": volume.id,
                "AvailabilityZone": volume.zone,
                "AvailabilityZoneId": zone_id(volume),
                "Actions": [],
                "Events": [],
                "VolumeStatus": {
                    "Status": status(volume),
                    "Details": [{ "Name": "io-enabled", "Status": "passed" }],
                },
            })
        },
    }
    .answer(call)
}
