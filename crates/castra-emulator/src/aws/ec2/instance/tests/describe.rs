use serde_json::{Value, json};

use super::{instance, launch, run};
use crate::aws::testing::Lab;

fn ids(answer: &Value) -> Vec<String> {
    let reservations = answer["Reservations"].as_array().unwrap().iter();
    let instances = reservations.flat_map(|reservation| reservation["Instances"].as_array().unwrap());
    instances.map(|instance| Lab::text(instance, "/InstanceId")).collect()
}

#[test]
fn filters_find() {
    let mut lab = Lab::new();
    let tags = json!([{ "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": "one" }] }]);
    let id = run(&mut lab, json!({ "TagSpecifications": tags, "ClientToken": "mine", "InstanceType": "t3.small" }));
    run(&mut lab, json!({}));
    lab.step(20.0);
    let shown = instance(&mut lab, &id);
    for (name, value) in [
        ("tag:Name", "one".to_owned()),
        ("tag-key", "Name".to_owned()),
        ("client-token", "mine".to_owned()),
        ("instance-type", "t3.sm?ll".to_owned()),
        ("private-ip-address", Lab::text(&shown, "/PrivateIpAddress")),
        ("ip-address", Lab::text(&shown, "/PublicIpAddress")),
        ("dns-name", Lab::text(&shown, "/PublicDnsName")),
        ("block-device-mapping.volume-id", Lab::text(&shown, "/BlockDeviceMappings/0/Ebs/VolumeId")),
        ("network-interface.network-interface-id", Lab::text(&shown, "/NetworkInterfaces/0/NetworkInterfaceId")),
    ] {
        let filters = json!([{ "Name": name, "Values": [value] }]);
        let found = lab.ok("ec2", "DescribeInstances", json!({ "Filters": filters }));
        assert_eq!(ids(&found), [id.as_str()], "{name}");
    }
    let filters = json!([{ "Name": "instance-state-name", "Values": ["pending", "running"] }]);
    assert_eq!(ids(&lab.ok("ec2", "DescribeInstances", json!({ "Filters": filters }))).len(), 2);
    let filters = json!([{ "Name": "nonsense", "Values": ["x"] }]);
    lab.refused("ec2", "DescribeInstances", json!({ "Filters": filters }), "InvalidParameterValue");
}

#[test]
fn pages_follow_one_another() {
    let mut lab = Lab::new();
    let mut made: Vec<String> = (0..7).map(|_| run(&mut lab, json!({}))).collect();
    let mut found = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({ "MaxResults": 5 });
        if !token.is_null() {
            input["NextToken"] = token;
        }
        let page = lab.ok("ec2", "DescribeInstances", input);
        found.extend(ids(&page));
        token = page.get("NextToken").cloned().unwrap_or_default();
        if token.is_null() {
            break;
        }
    }
    found.sort_unstable();
    made.sort_unstable();
    assert_eq!(found, made);
    let input = json!({ "InstanceIds": [made[0]], "MaxResults": 5 });
    lab.refused("ec2", "DescribeInstances", input, "InvalidParameterCombination");
}

#[test]
fn a_reservation_is_one_launch() {
    let mut lab = Lab::new();
    lab.ok("ec2", "RunInstances", launch(json!({ "MaxCount": 3 })));
    let found = lab.ok("ec2", "DescribeInstances", json!({}));
    assert_eq!(found["Reservations"].as_array().unwrap().len(), 1);
    let indexes: Vec<i64> = found["Reservations"][0]["Instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|instance| instance["AmiLaunchIndex"].as_i64().unwrap())
        .collect();
    assert_eq!(indexes, [0, 1, 2]);
}

#[test]
fn console_output_comes_late() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    assert_eq!(lab.ok("ec2", "GetConsoleOutput", json!({ "InstanceId": id })).get("Output"), None);
    lab.step(300.0);
    assert!(lab.ok("ec2", "GetConsoleOutput", json!({ "InstanceId": id })).get("Output").is_some());
}

#[test]
fn credits_are_burstable_types() {
    let mut lab = Lab::new();
    let id = run(&mut lab, json!({}));
    let credits = lab.ok("ec2", "DescribeInstanceCreditSpecifications", json!({ "InstanceIds": [id] }));
    assert_eq!(Lab::text(&credits, "/InstanceCreditSpecifications/0/CpuCredits"), "unlimited");
    let steady = run(&mut lab, json!({ "InstanceType": "m6i.large" }));
    let input = json!({ "InstanceIds": [steady] });
    lab.refused("ec2", "DescribeInstanceCreditSpecifications", input, "InvalidParameterValue");
}
