use serde_json::json;

use super::{instance, launch, run, state};
use crate::aws::testing::Lab;

#[test]
fn an_instance_lives_and_goes() {
    let mut lab = Lab::new();
    let answer = lab.ok("ec2", "RunInstances", launch(json!({})));
    assert_eq!(answer["Instances"][0].get("PublicIpAddress"), None);
    let id = Lab::text(&answer, "/Instances/0/InstanceId");
    let young = instance(&mut lab, &id);
    assert_eq!(Lab::text(&young, "/State/Name"), "pending");
    assert_eq!(young["BlockDeviceMappings"], json!([]));
    assert_eq!(Lab::text(&young, "/NetworkInterfaces/0/Attachment/Status"), "attaching");
    lab.step(20.0);
    let grown = instance(&mut lab, &id);
    assert_eq!(Lab::text(&grown, "/State/Name"), "running");
    assert_eq!(Lab::text(&grown, "/BlockDeviceMappings/0/DeviceName"), "/dev/xvda");
    assert_eq!(Lab::text(&grown, "/BlockDeviceMappings/0/Ebs/Status"), "attached");
    assert!(Lab::text(&grown, "/PublicDnsName").ends_with(".compute.amazonaws.com"));
    let volume = Lab::text(&grown, "/BlockDeviceMappings/0/Ebs/VolumeId");
    let interface = Lab::text(&grown, "/NetworkInterfaces/0/NetworkInterfaceId");

    let change = lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(Lab::text(&change, "/TerminatingInstances/0/CurrentState/Name"), "shutting-down");
    assert_eq!(Lab::text(&change, "/TerminatingInstances/0/PreviousState/Name"), "running");
    lab.ok("ec2", "DescribeVolumes", json!({ "VolumeIds": [volume] }));
    lab.step(60.0);
    let gone = instance(&mut lab, &id);
    assert_eq!(Lab::text(&gone, "/State/Name"), "terminated");
    assert_eq!(Lab::text(&gone, "/StateReason/Code"), "Client.UserInitiatedShutdown");
    assert!(Lab::text(&gone, "/StateTransitionReason").starts_with("User initiated (2026-01-05 08:00:20 GMT)"));
    assert_eq!(gone.get("SubnetId"), None);
    lab.refused("ec2", "DescribeVolumes", json!({ "VolumeIds": [volume] }), "InvalidVolume.NotFound");
    let input = json!({ "NetworkInterfaceIds": [interface] });
    lab.refused("ec2", "DescribeNetworkInterfaces", input, "InvalidNetworkInterfaceID.NotFound");
    // Again does no harm.
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.step(3600.0);
    lab.refused("ec2", "DescribeInstances", json!({ "InstanceIds": [id] }), "InvalidInstanceID.NotFound");
}

#[test]
fn stopping_and_starting() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    lab.refused("ec2", "StopInstances", json!({ "InstanceIds": [id] }), "IncorrectInstanceState");
    lab.step(20.0);
    let before = instance(&mut lab, &id);
    lab.ok("ec2", "RebootInstances", json!({ "InstanceIds": [id] }));
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(state(&mut lab, &id), "stopping");
    lab.refused("ec2", "StartInstances", json!({ "InstanceIds": [id] }), "IncorrectInstanceState");
    lab.step(40.0);
    let stopped = instance(&mut lab, &id);
    assert_eq!(Lab::text(&stopped, "/State/Name"), "stopped");
    assert_eq!(stopped.get("PublicIpAddress"), None);
    assert_eq!(stopped["PrivateIpAddress"], before["PrivateIpAddress"]);
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    lab.ok("ec2", "StartInstances", json!({ "InstanceIds": [id] }));
    lab.step(20.0);
    let again = instance(&mut lab, &id);
    assert_eq!(Lab::text(&again, "/State/Name"), "running");
    assert_ne!(again["PublicIpAddress"], before["PublicIpAddress"]);
    assert_ne!(again["LaunchTime"], before["LaunchTime"]);
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.refused("ec2", "StartInstances", json!({ "InstanceIds": [id] }), "IncorrectInstanceState");
    lab.refused("ec2", "StopInstances", json!({ "InstanceIds": [id] }), "IncorrectInstanceState");
}

#[test]
fn protected_instances_and_their_zone_stay() {
    let mut lab = Lab::new();
    let of_zone = |lab: &mut Lab, zone: &str| {
        run(lab, json!({ "Placement": { "AvailabilityZone": format!("eu-central-1{zone}") } }))
    };
    let (kept, beside, elsewhere) = (of_zone(&mut lab, "a"), of_zone(&mut lab, "a"), of_zone(&mut lab, "b"));
    lab.step(20.0);
    let input = json!({ "InstanceId": kept, "DisableApiTermination": { "Value": true } });
    lab.ok("ec2", "ModifyInstanceAttribute", input);
    let all = json!({ "InstanceIds": [kept, beside, elsewhere] });
    let message = lab.refused("ec2", "TerminateInstances", all, "OperationNotPermitted");
    assert!(message.contains("disableApiTermination"), "{message}");
    assert_eq!(state(&mut lab, &kept), "running");
    assert_eq!(state(&mut lab, &beside), "running");
    assert_eq!(state(&mut lab, &elsewhere), "shutting-down");
    let input = json!({ "InstanceId": beside, "DisableApiStop": { "Value": true } });
    lab.ok("ec2", "ModifyInstanceAttribute", input);
    lab.refused("ec2", "StopInstances", json!({ "InstanceIds": [beside] }), "OperationNotPermitted");
}

#[test]
fn one_unknown_id_and_nothing_is_done() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    let input = json!({ "InstanceIds": [id, "i-0123456789abcdef0"] });
    lab.refused("ec2", "TerminateInstances", input, "InvalidInstanceID.NotFound");
    assert_eq!(state(&mut lab, &id), "pending");
    lab.refused("ec2", "TerminateInstances", json!({ "InstanceIds": ["i-xyz"] }), "InvalidInstanceID.Malformed");
}

#[test]
fn status_checks_take_their_time_and_can_fail() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    let status = |lab: &mut Lab| {
        let all = lab.ok("ec2", "DescribeInstanceStatus", json!({ "InstanceIds": [id] }));
        all.pointer("/InstanceStatuses/0/InstanceStatus/Status").and_then(|it| it.as_str()).map(str::to_owned)
    };
    assert_eq!(status(&mut lab), None);
    let all = lab.ok("ec2", "DescribeInstanceStatus", json!({ "InstanceIds": [id], "IncludeAllInstances": true }));
    assert_eq!(Lab::text(&all, "/InstanceStatuses/0/InstanceState/Name"), "pending");
    lab.step(20.0);
    assert_eq!(status(&mut lab).as_deref(), Some("initializing"));
    lab.step(130.0);
    assert_eq!(status(&mut lab).as_deref(), Some("ok"));
    lab.account.settings.impaired_instances.insert(id.clone());
    assert_eq!(status(&mut lab).as_deref(), Some("impaired"));
}

#[test]
fn a_new_instance_shows_when_its_moment_has_come() {
    let mut lab = Lab::with(crate::Settings::default());
    let ids: Vec<String> = (0..10).map(|_| run(&mut lab, json!({}))).collect();
    let hidden = |lab: &mut Lab| {
        let shows = |id: &&String| lab.call("ec2", "DescribeInstances", json!({ "InstanceIds": [id] })).is_err();
        ids.iter().filter(shows).count()
    };
    assert!(hidden(&mut lab) > 0);
    lab.step(2.0);
    assert_eq!(hidden(&mut lab), 0);
}
