#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

fn volume(lab: &mut Lab, more: Value) -> String {
    let mut input = json!({ "AvailabilityZone": "eu-central-1a", "Size": 10, "VolumeType": "gp3" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Lab::text(&lab.ok("ec2", "CreateVolume", input), "/VolumeId")
}

fn shown(lab: &mut Lab, id: &str) -> Value {
    lab.ok("ec2", "DescribeVolumes", json!({ "VolumeIds": [id] }))["Volumes"][0].clone()
}

fn running(lab: &mut Lab, zone: &str) -> String {
    let image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    let input = json!({
        "ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
        "Placement": { "AvailabilityZone": zone },
    });
    let id = Lab::text(&lab.ok("ec2", "RunInstances", input), "/Instances/0/InstanceId");
    lab.step(20.0);
    id
}

#[test]
fn a_volume_is_attached_and_detached() {
    let mut lab = Lab::new();
    let (instance, other) = (running(&mut lab, "eu-central-1a"), running(&mut lab, "eu-central-1b"));
    let id = volume(&mut lab, json!({}));
    assert_eq!(shown(&mut lab, &id)["State"], "creating");
    let at = |instance: &str, device: &str| json!({ "VolumeId": id, "InstanceId": instance, "Device": device });
    lab.refused("ec2", "AttachVolume", at(&instance, "/dev/sdf"), "IncorrectState");
    lab.step(5.0);
    lab.refused("ec2", "AttachVolume", at(&other, "/dev/sdf"), "InvalidVolume.ZoneMismatch");
    lab.refused("ec2", "AttachVolume", at(&instance, "/dev/xvda"), "InvalidParameterValue");
    lab.refused("ec2", "AttachVolume", at(&instance, "sometime"), "InvalidParameterValue");
    let answer = lab.ok("ec2", "AttachVolume", at(&instance, "/dev/sdf"));
    assert_eq!(answer["State"], "attaching");
    lab.step(5.0);
    assert_eq!(shown(&mut lab, &id)["State"], "in-use");
    assert_eq!(shown(&mut lab, &id)["Attachments"][0]["State"], "attached");
    lab.refused("ec2", "AttachVolume", at(&instance, "/dev/sdg"), "VolumeInUse");
    lab.refused("ec2", "DeleteVolume", json!({ "VolumeId": id }), "VolumeInUse");
    let input = json!({ "VolumeId": id, "InstanceId": other });
    lab.refused("ec2", "DetachVolume", input, "InvalidAttachment.NotFound");
    assert_eq!(lab.ok("ec2", "DetachVolume", json!({ "VolumeId": id }))["State"], "detaching");
    lab.step(5.0);
    assert_eq!(shown(&mut lab, &id)["State"], "available");
    lab.refused("ec2", "DetachVolume", json!({ "VolumeId": id }), "IncorrectState");
    lab.ok("ec2", "DeleteVolume", json!({ "VolumeId": id }));
    assert_eq!(shown(&mut lab, &id)["State"], "deleting");
    lab.step(10.0);
    lab.refused("ec2", "DescribeVolumes", json!({ "VolumeIds": [id] }), "InvalidVolume.NotFound");
}

#[test]
fn the_root_of_a_running_instance_stays() {
    let mut lab = Lab::new();
    let instance = running(&mut lab, "eu-central-1a");
    let root = Lab::text(&lab.ok("ec2", "DescribeVolumes", json!({})), "/Volumes/0/VolumeId");
    lab.refused("ec2", "DetachVolume", json!({ "VolumeId": root }), "OperationNotPermitted");
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [instance] }));
    lab.step(60.0);
    lab.ok("ec2", "DetachVolume", json!({ "VolumeId": root }));
}

#[test]
fn volumes_have_limits() {
    let mut lab = Lab::new();
    for (more, code) in [
        (json!({ "Size": 70_000 }), "InvalidParameterValue"),
        (json!({ "Iops": 100 }), "InvalidParameterValue"),
        (json!({ "Iops": 90_000 }), "InvalidParameterValue"),
        (json!({ "Iops": 6_000 }), "InvalidParameterValue"),
        (json!({ "Throughput": 1_000 }), "InvalidParameterValue"),
        (json!({ "VolumeType": "gp2", "Iops": 3_000 }), "InvalidParameterCombination"),
        (json!({ "VolumeType": "st1" }), "InvalidParameterValue"),
        (json!({ "VolumeType": "io2" }), "InvalidParameterCombination"),
        (json!({ "VolumeType": "io2", "Iops": 20_000 }), "InvalidParameterValue"),
        (json!({ "AvailabilityZone": "us-east-1a" }), "InvalidZone.NotFound"),
        (json!({ "SnapshotId": "snap-0123456789abcdef0" }), "InvalidSnapshot.NotFound"),
    ] {
        let mut input = json!({ "AvailabilityZone": "eu-central-1a", "Size": 10, "VolumeType": "gp3" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        lab.refused("ec2", "CreateVolume", input, code);
    }
    let neither = json!({ "AvailabilityZone": "eu-central-1a" });
    lab.refused("ec2", "CreateVolume", neither, "MissingParameter");
    let gp2 = volume(&mut lab, json!({ "VolumeType": "gp2", "Size": 100 }));
    assert_eq!(shown(&mut lab, &gp2)["Iops"], 300);
    let gp3 = volume(&mut lab, json!({}));
    assert_eq!((&shown(&mut lab, &gp3)["Iops"], &shown(&mut lab, &gp3)["Throughput"]), (&json!(3000), &json!(125)));
}

#[test]
fn a_token_makes_one_volume() {
    let mut lab = Lab::new();
    let one = volume(&mut lab, json!({ "ClientToken": "mine" }));
    assert_eq!(volume(&mut lab, json!({ "ClientToken": "mine" })), one);
    let input = json!({ "AvailabilityZone": "eu-central-1a", "Size": 11, "VolumeType": "gp3", "ClientToken": "mine" });
    lab.refused("ec2", "CreateVolume", input, "IdempotentParameterMismatch");
}

#[test]
fn a_volume_grows_four_times_a_day() {
    let mut lab = Lab::new();
    let id = volume(&mut lab, json!({}));
    lab.step(5.0);
    let to = |size: i64| json!({ "VolumeId": id, "Size": size });
    lab.refused("ec2", "ModifyVolume", to(5), "InvalidParameterValue");
    lab.refused("ec2", "ModifyVolume", json!({ "VolumeId": id }), "MissingParameter");
    let input = json!({ "VolumeIds": [id] });
    lab.refused("ec2", "DescribeVolumesModifications", input.clone(), "InvalidVolumeModification.NotFound");
    for size in [20, 30, 40, 50] {
        let answer = lab.ok("ec2", "ModifyVolume", to(size));
        assert_eq!(answer["VolumeModification"]["ModificationState"], "modifying");
        lab.refused("ec2", "ModifyVolume", to(size + 1), "IncorrectModificationState");
        lab.step(15.0);
        let answer = lab.ok("ec2", "DescribeVolumesModifications", input.clone());
        assert_eq!(answer["VolumesModifications"][0]["ModificationState"], "optimizing");
        assert_eq!(shown(&mut lab, &id)["Size"], size);
        lab.step(700.0);
        let answer = lab.ok("ec2", "DescribeVolumesModifications", input.clone());
        assert_eq!(answer["VolumesModifications"][0]["Progress"], 100);
    }
    lab.refused("ec2", "ModifyVolume", to(60), "VolumeModificationRateExceeded");
    lab.step(24.0 * 3600.0);
    lab.ok("ec2", "ModifyVolume", to(60));
}

#[test]
fn encryption_by_default() {
    let mut lab = Lab::new();
    let plain = volume(&mut lab, json!({}));
    assert_eq!(shown(&mut lab, &plain)["Encrypted"], false);
    lab.ok("ec2", "EnableEbsEncryptionByDefault", json!({}));
    assert_eq!(lab.ok("ec2", "GetEbsEncryptionByDefault", json!({}))["EbsEncryptionByDefault"], true);
    let encrypted = volume(&mut lab, json!({}));
    assert!(
        Lab::text(&shown(&mut lab, &encrypted), "/KmsKeyId").starts_with("arn:aws:kms:eu-central-1:111122223333:key/")
    );
    lab.ok("ec2", "DisableEbsEncryptionByDefault", json!({}));
    assert_eq!(lab.ok("ec2", "GetEbsDefaultKmsKeyId", json!({}))["KmsKeyId"], "alias/aws/ebs");
}

#[test]
fn a_volume_with_a_bad_key_vanishes() {
    let mut lab = Lab::new();
    let id = volume(&mut lab, json!({ "Encrypted": true, "KmsKeyId": "alias/nobody's" }));
    lab.step(5.0);
    lab.refused("ec2", "DescribeVolumes", json!({ "VolumeIds": [id] }), "InvalidVolume.NotFound");
}

#[test]
fn snapshots_are_taken_and_used() {
    let mut lab = Lab::new();
    let id = volume(&mut lab, json!({}));
    lab.step(5.0);
    let snapshot = Lab::text(&lab.ok("ec2", "CreateSnapshot", json!({ "VolumeId": id })), "/SnapshotId");
    let state = |lab: &mut Lab| {
        let found = lab.ok("ec2", "DescribeSnapshots", json!({ "SnapshotIds": [snapshot] }));
        Lab::text(&found, "/Snapshots/0/State")
    };
    assert_eq!(state(&mut lab), "pending");
    lab.step(90.0);
    assert_eq!(state(&mut lab), "completed");
    let small = json!({ "AvailabilityZone": "eu-central-1a", "Size": 5, "SnapshotId": snapshot });
    lab.refused("ec2", "CreateVolume", small, "InvalidParameterValue");
    let copy = Lab::text(
        &lab.ok("ec2", "CreateVolume", json!({ "AvailabilityZone": "eu-central-1b", "SnapshotId": snapshot })),
        "/VolumeId",
    );
    assert_eq!(shown(&mut lab, &copy)["Size"], 10);
    let own = lab.ok("ec2", "DescribeSnapshots", json!({ "OwnerIds": ["self"] }));
    assert_eq!(own["Snapshots"].as_array().unwrap().len(), 1);
    lab.ok("ec2", "DeleteSnapshot", json!({ "SnapshotId": snapshot }));
    lab.refused("ec2", "DescribeSnapshots", json!({ "SnapshotIds": [snapshot] }), "InvalidSnapshot.NotFound");
    lab.refused("ec2", "DescribeSnapshots", json!({ "SnapshotIds": ["snap"] }), "InvalidParameterValue");
}

#[test]
fn volumes_have_a_status() {
    let mut lab = Lab::new();
    let id = volume(&mut lab, json!({}));
    lab.step(5.0);
    let status = lab.ok("ec2", "DescribeVolumeStatus", json!({ "VolumeIds": [id] }));
    assert_eq!(Lab::text(&status, "/VolumeStatuses/0/VolumeStatus/Status"), "ok");
}
