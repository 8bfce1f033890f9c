#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

fn create(lab: &mut Lab, name: &str) -> String {
    let input = json!({ "LaunchTemplateName": name, "LaunchTemplateData": { "InstanceType": "t3.micro" } });
    Lab::text(&lab.ok("ec2", "CreateLaunchTemplate", input), "/LaunchTemplate/LaunchTemplateId")
}

fn numbers(answer: &Value) -> Vec<u64> {
    let versions = answer["LaunchTemplateVersions"].as_array().unwrap().iter();
    versions.map(|version| version["VersionNumber"].as_u64().unwrap()).collect()
}

#[test]
fn names_are_unique_and_in_order() {
    let mut lab = Lab::new();
    let id = create(&mut lab, "nodes");
    let data = json!({ "InstanceType": "t3.small" });
    let again = json!({ "LaunchTemplateName": "nodes", "LaunchTemplateData": data });
    lab.refused("ec2", "CreateLaunchTemplate", again, "InvalidLaunchTemplateName.AlreadyExistsException");
    let odd = json!({ "LaunchTemplateName": "a node!", "LaunchTemplateData": data });
    lab.refused("ec2", "CreateLaunchTemplate", odd, "InvalidLaunchTemplateName.MalformedException");
    let found = lab.ok("ec2", "DescribeLaunchTemplates", json!({ "LaunchTemplateNames": ["nodes"] }));
    assert_eq!(Lab::text(&found, "/LaunchTemplates/0/LaunchTemplateId"), id);
    let input = json!({ "LaunchTemplateNames": ["others"] });
    lab.refused("ec2", "DescribeLaunchTemplates", input, "InvalidLaunchTemplateName.NotFoundException");
    let input = json!({ "LaunchTemplateIds": ["lt-0123456789abcdef0"] });
    lab.refused("ec2", "DescribeLaunchTemplates", input, "InvalidLaunchTemplateId.NotFound");
    let input = json!({ "LaunchTemplateIds": ["nodes"] });
    lab.refused("ec2", "DescribeLaunchTemplates", input, "InvalidLaunchTemplateId.Malformed");
}

#[test]
fn a_token_makes_one_template() {
    let mut lab = Lab::new();
    let of = |kind: &str| json!({ "LaunchTemplateName": "nodes", "ClientToken": "mine", "LaunchTemplateData": { "InstanceType": kind } });
    let one = lab.ok("ec2", "CreateLaunchTemplate", of("t3.micro"));
    let same = lab.ok("ec2", "CreateLaunchTemplate", of("t3.micro"));
    assert_eq!(one, same);
    lab.refused("ec2", "CreateLaunchTemplate", of("t3.small"), "IdempotentParameterMismatch");
}

#[test]
fn versions_follow_one_another() {
    let mut lab = Lab::new();
    let id = create(&mut lab, "nodes");
    let version = json!({
        "LaunchTemplateId": id, "SourceVersion": "1", "VersionDescription": "two",
        "LaunchTemplateData": { "Monitoring": { "Enabled": true } },
    });
    let second = lab.ok("ec2", "CreateLaunchTemplateVersion", version);
    assert_eq!(second["LaunchTemplateVersion"]["VersionNumber"], 2);
    assert_eq!(second["LaunchTemplateVersion"]["DefaultVersion"], false);
    assert_eq!(second["LaunchTemplateVersion"]["LaunchTemplateData"]["InstanceType"], "t3.micro");
    let complete = json!({ "LaunchTemplateName": "nodes", "LaunchTemplateData": { "KeyName": "k" } });
    let third = lab.ok("ec2", "CreateLaunchTemplateVersion", complete);
    assert_eq!(third["LaunchTemplateVersion"]["LaunchTemplateData"].get("InstanceType"), None);
    let of = |versions: &[&str]| json!({ "LaunchTemplateId": id, "Versions": versions });
    assert_eq!(numbers(&lab.ok("ec2", "DescribeLaunchTemplateVersions", of(&[]))), [3, 2, 1]);
    assert_eq!(numbers(&lab.ok("ec2", "DescribeLaunchTemplateVersions", of(&["$Latest", "$Default"]))), [3, 1]);
    let input = json!({ "LaunchTemplateId": id, "MinVersion": "2" });
    assert_eq!(numbers(&lab.ok("ec2", "DescribeLaunchTemplateVersions", input)), [3, 2]);
    lab.refused("ec2", "DescribeLaunchTemplateVersions", of(&["9"]), "InvalidLaunchTemplateId.VersionNotFound");
    let latest = lab.ok("ec2", "DescribeLaunchTemplateVersions", json!({ "Versions": ["$Latest"] }));
    assert_eq!(numbers(&latest), [3]);

    lab.ok("ec2", "ModifyLaunchTemplate", json!({ "LaunchTemplateId": id, "DefaultVersion": "2" }));
    let deleted = lab.ok("ec2", "DeleteLaunchTemplateVersions", of(&["1", "2", "7"]));
    assert_eq!(deleted["SuccessfullyDeletedLaunchTemplateVersions"][0]["VersionNumber"], 1);
    let kept = &deleted["UnsuccessfullyDeletedLaunchTemplateVersions"];
    assert_eq!(kept[0]["VersionNumber"], 2);
    assert_eq!(kept[1]["ResponseError"]["Code"], "launchTemplateVersionDoesNotExist");
    // A number isn't used again.
    lab.ok("ec2", "DeleteLaunchTemplateVersions", of(&["3"]));
    let input = json!({ "LaunchTemplateName": "nodes", "LaunchTemplateData": { "KeyName": "k" } });
    let fourth = lab.ok("ec2", "CreateLaunchTemplateVersion", input);
    assert_eq!(fourth["LaunchTemplateVersion"]["VersionNumber"], 4);

    lab.ok("ec2", "DeleteLaunchTemplate", json!({ "LaunchTemplateName": "nodes" }));
    let input = json!({ "LaunchTemplateName": "nodes" });
    lab.refused("ec2", "DeleteLaunchTemplate", input, "InvalidLaunchTemplateName.NotFoundException");
}

#[test]
fn only_the_worst_data_is_refused() {
    let mut lab = Lab::new();
    let mut number = 0;
    let mut of = |data: Value| {
        number += 1;
        json!({ "LaunchTemplateName": format!("nodes-{number}"), "LaunchTemplateData": data })
    };
    lab.ok("ec2", "CreateLaunchTemplate", of(json!({ "ImageId": "ami-0123456789abcdef0", "KeyName": "nobody's" })));
    let wrong = of(json!({ "UserData": "not base64!" }));
    lab.refused("ec2", "CreateLaunchTemplate", wrong, "InvalidUserData.Malformed");
    let wrong = of(json!({ "NetworkInterfaces": [{ "DeviceIndex": 0 }], "SecurityGroupIds": ["sg-1"] }));
    lab.refused("ec2", "CreateLaunchTemplate", wrong, "InvalidParameterCombination");
}

#[test]
fn data_is_made_of_an_instance() {
    let mut lab = Lab::new();
    let image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    let input = json!({ "ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1 });
    let id = Lab::text(&lab.ok("ec2", "RunInstances", input), "/Instances/0/InstanceId");
    lab.step(20.0);
    let data = lab.ok("ec2", "GetLaunchTemplateData", json!({ "InstanceId": id }));
    assert_eq!(data["LaunchTemplateData"]["InstanceType"], "t3.micro");
    let mut data = data["LaunchTemplateData"].clone();
    data["NetworkInterfaces"][0].as_object_mut().unwrap().remove("PrivateIpAddress");
    lab.ok("ec2", "CreateLaunchTemplate", json!({ "LaunchTemplateName": "like", "LaunchTemplateData": data }));
    let input = json!({ "MinCount": 1, "MaxCount": 1, "LaunchTemplate": { "LaunchTemplateName": "like" } });
    lab.ok("ec2", "RunInstances", input);
}
