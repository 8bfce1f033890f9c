use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::{image, instance, run};
use crate::aws::testing::Lab;

#[test]
fn some_attributes_change_while_stopped_only() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    lab.step(20.0);
    let kind = |name: &str| json!({ "InstanceId": id, "InstanceType": { "Value": name } });
    let user_data = json!({ "InstanceId": id, "UserData": { "Value": BASE64_STANDARD.encode("new") } });
    lab.refused("ec2", "ModifyInstanceAttribute", kind("t3.small"), "IncorrectInstanceState");
    lab.refused("ec2", "ModifyInstanceAttribute", user_data.clone(), "IncorrectInstanceState");
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    lab.step(40.0);
    lab.refused("ec2", "ModifyInstanceAttribute", kind("t4g.small"), "InvalidParameterValue");
    lab.ok("ec2", "ModifyInstanceAttribute", kind("t3.small"));
    lab.ok("ec2", "ModifyInstanceAttribute", user_data);
    assert_eq!(instance(&mut lab, &id)["InstanceType"], "t3.small");
    let shown = lab.ok("ec2", "DescribeInstanceAttribute", json!({ "InstanceId": id, "Attribute": "userData" }));
    assert_eq!(Lab::text(&shown, "/UserData/Value"), BASE64_STANDARD.encode("new"));
}

#[test]
fn one_attribute_at_a_time() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    let both = json!({
        "InstanceId": id, "SourceDestCheck": { "Value": false }, "DisableApiTermination": { "Value": true },
    });
    lab.refused("ec2", "ModifyInstanceAttribute", both, "InvalidParameterCombination");
    lab.refused("ec2", "ModifyInstanceAttribute", json!({ "InstanceId": id }), "InvalidParameterCombination");
    let one = json!({ "InstanceId": id, "SourceDestCheck": { "Value": false } });
    lab.ok("ec2", "ModifyInstanceAttribute", one);
    let shown = instance(&mut lab, &id);
    assert_eq!(shown["SourceDestCheck"], false);
    assert_eq!(shown["NetworkInterfaces"][0]["SourceDestCheck"], false);
    let named = json!({ "InstanceId": id, "Attribute": "disableApiTermination", "Value": "true" });
    lab.ok("ec2", "ModifyInstanceAttribute", named);
    let input = json!({ "InstanceId": id, "Attribute": "disableApiTermination" });
    assert_eq!(lab.ok("ec2", "DescribeInstanceAttribute", input)["DisableApiTermination"]["Value"], true);
}

#[test]
fn every_attribute_is_described() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    lab.step(20.0);
    for attribute in [
        "instanceType",
        "kernel",
        "ramdisk",
        "userData",
        "disableApiTermination",
        "instanceInitiatedShutdownBehavior",
        "rootDeviceName",
        "blockDeviceMapping",
        "productCodes",
        "sourceDestCheck",
        "groupSet",
        "ebsOptimized",
        "sriovNetSupport",
        "enaSupport",
        "enclaveOptions",
        "disableApiStop",
    ] {
        lab.ok("ec2", "DescribeInstanceAttribute", json!({ "InstanceId": id, "Attribute": attribute }));
    }
}

#[test]
fn groups_are_changed() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    let group = Lab::text(&instance(&mut lab, &id), "/SecurityGroups/0/GroupId");
    lab.ok("ec2", "ModifyInstanceAttribute", json!({ "InstanceId": id, "Groups": [group] }));
    assert_eq!(Lab::text(&instance(&mut lab, &id), "/SecurityGroups/0/GroupId"), group);
    let input = json!({ "InstanceId": id, "Groups": ["sg-0123456789abcdef0"] });
    lab.refused("ec2", "ModifyInstanceAttribute", input, "InvalidGroup.NotFound");
}

#[test]
fn volumes_can_outlive_their_instance() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    lab.step(20.0);
    let mapping = json!([{ "DeviceName": "/dev/xvda", "Ebs": { "DeleteOnTermination": false } }]);
    lab.ok("ec2", "ModifyInstanceAttribute", json!({ "InstanceId": id, "BlockDeviceMappings": mapping }));
    let volume = Lab::text(&instance(&mut lab, &id), "/BlockDeviceMappings/0/Ebs/VolumeId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.step(60.0);
    let volumes = lab.ok("ec2", "DescribeVolumes", json!({ "VolumeIds": [volume] }));
    assert_eq!(Lab::text(&volumes, "/Volumes/0/State"), "available");
}

#[test]
fn metadata_options_are_pending_and_applied() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({ "ImageId": image("x86_64") }));
    lab.step(20.0);
    // The image asks for them.
    assert_eq!(instance(&mut lab, &id)["MetadataOptions"]["HttpTokens"], "required");
    assert_eq!(instance(&mut lab, &id)["MetadataOptions"]["HttpPutResponseHopLimit"], 2);
    let input = json!({ "InstanceId": id, "HttpTokens": "optional" });
    let answer = lab.ok("ec2", "ModifyInstanceMetadataOptions", input);
    assert_eq!(Lab::text(&answer, "/InstanceMetadataOptions/State"), "pending");
    lab.step(5.0);
    assert_eq!(instance(&mut lab, &id)["MetadataOptions"]["State"], "applied");
    assert_eq!(instance(&mut lab, &id)["MetadataOptions"]["HttpTokens"], "optional");
    let input = json!({ "InstanceId": id, "HttpPutResponseHopLimit": 0 });
    lab.refused("ec2", "ModifyInstanceMetadataOptions", input, "InvalidParameterValue");
}

#[test]
fn monitoring_is_switched() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    let on = lab.ok("ec2", "MonitorInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(Lab::text(&on, "/InstanceMonitorings/0/Monitoring/State"), "pending");
    assert_eq!(instance(&mut lab, &id)["Monitoring"]["State"], "enabled");
    let off = lab.ok("ec2", "UnmonitorInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(Lab::text(&off, "/InstanceMonitorings/0/Monitoring/State"), "disabling");
}

#[test]
fn a_profile_is_known_after_a_while_and_one_at_a_time() {
    let mut lab = Lab::with(crate::Settings::default());
    for name in ["one", "two"] {
        lab.ok("iam", "CreateInstanceProfile", json!({ "InstanceProfileName": name }));
    }
    let with = |name: &str| json!({ "IamInstanceProfile": { "Name": name } });
    let mut refusals = 0;
    while lab.call("ec2", "RunInstances", super::launch(with("one"))).is_err() {
        refusals += 1;
        lab.step(1.0);
    }
    assert!((1..=12).contains(&refusals), "{refusals}");
    lab.step(20.0);
    let id = run(&mut lab, with("one"));
    lab.step(20.0);
    let input = json!({ "InstanceId": id, "IamInstanceProfile": { "Name": "two" } });
    lab.refused("ec2", "AssociateIamInstanceProfile", input, "IncorrectState");
    let filters = json!([{ "Name": "instance-id", "Values": [id] }]);
    let found = lab.ok("ec2", "DescribeIamInstanceProfileAssociations", json!({ "Filters": filters }));
    let association = Lab::text(&found, "/IamInstanceProfileAssociations/0/AssociationId");
    let input = json!({ "AssociationId": association, "IamInstanceProfile": { "Name": "two" } });
    let replaced = lab.ok("ec2", "ReplaceIamInstanceProfileAssociation", input);
    let second = Lab::text(&replaced, "/IamInstanceProfileAssociation/AssociationId");
    assert!(Lab::text(&instance(&mut lab, &id), "/IamInstanceProfile/Arn").ends_with(":instance-profile/two"));
    let input = json!({ "AssociationId": association });
    lab.refused("ec2", "DisassociateIamInstanceProfile", input, "InvalidAssociationID.NotFound");
    lab.ok("ec2", "DisassociateIamInstanceProfile", json!({ "AssociationId": second }));
    assert_eq!(instance(&mut lab, &id).get("IamInstanceProfile"), None);
}
