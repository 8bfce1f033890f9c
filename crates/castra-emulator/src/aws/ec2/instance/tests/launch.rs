use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{image, instance, launch, run};
use crate::Shortage;
use crate::aws::ec2::{Launch, Specification, Tags};
use crate::aws::testing::{Lab, REGION};

fn refused(lab: &mut Lab, more: Value, code: &str) -> String {
    let (instances, volumes, interfaces) = counts(lab);
    let message = lab.refused("ec2", "RunInstances", launch(more), code);
    assert_eq!(counts(lab), (instances, volumes, interfaces), "{code} left something");
    message
}

fn counts(lab: &mut Lab) -> (usize, usize, usize) {
    let ec2 = &lab.account.region(REGION).ec2;
    (ec2.instances.len(), ec2.volumes.len(), ec2.interfaces.len())
}

#[test]
fn what_cannot_be_is_refused() {
    let mut lab = Lab::new();
    let gp3 = |ebs: Value| json!({ "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": ebs }] });
    for (more, code) in [
        (json!({ "ImageId": "ami-0123456789abcdef0" }), "InvalidAMIID.NotFound"),
        (json!({ "ImageId": "ami-nonsense" }), "InvalidAMIID.Malformed"),
        (json!({ "ImageId": "resolve:ssm:/nothing" }), "InvalidParameterValue"),
        (json!({ "ImageId": image("arm64") }), "InvalidParameterValue"),
        (json!({ "InstanceType": "p5.48xlarge" }), "Unsupported"),
        (json!({ "SubnetId": "subnet-0123456789abcdef0" }), "InvalidSubnetID.NotFound"),
        (json!({ "SecurityGroupIds": ["sg-0123456789abcdef0"] }), "InvalidGroup.NotFound"),
        (json!({ "KeyName": "nobody's" }), "InvalidKeyPair.NotFound"),
        (json!({ "MinCount": 3, "MaxCount": 2 }), "InvalidParameterValue"),
        (json!({ "MinCount": 0 }), "InvalidParameterValue"),
        (json!({ "IamInstanceProfile": { "Name": "nobody's" } }), "InvalidParameterValue"),
        (json!({ "UserData": "not base64!" }), "InvalidUserData.Malformed"),
        (json!({ "UserData": BASE64_STANDARD.encode("x".repeat(16 * 1024 + 1)) }), "InvalidParameterValue"),
        (gp3(json!({ "VolumeSize": 4 })), "InvalidBlockDeviceMapping"),
        (gp3(json!({ "VolumeSize": 8, "VolumeType": "gp3", "Iops": 100 })), "InvalidParameterValue"),
        (gp3(json!({ "VolumeSize": 8, "VolumeType": "gp2", "Throughput": 200 })), "InvalidParameterCombination"),
        (gp3(json!({ "VolumeSize": 8, "VolumeType": "io1" })), "InvalidParameterCombination"),
        (gp3(json!({ "KmsKeyId": "alias/mine" })), "InvalidParameterDependency"),
        (json!({ "BlockDeviceMappings": [{ "DeviceName": "/dev/sdf", "Ebs": {} }] }), "MissingParameter"),
        (json!({ "MetadataOptions": { "HttpPutResponseHopLimit": 65 } }), "InvalidParameterValue"),
        (json!({ "Placement": { "AvailabilityZone": "us-east-1a" } }), "InvalidParameterValue"),
        (json!({ "Placement": { "GroupName": "nobody's" } }), "InvalidPlacementGroup.Unknown"),
        (json!({ "InstanceMarketOptions": { "MarketType": "spot" } }), "MaxSpotInstanceCountExceeded"),
        (
            json!({ "LaunchTemplate": { "LaunchTemplateName": "nobody's" } }),
            "InvalidLaunchTemplateName.NotFoundException",
        ),
    ] {
        refused(&mut lab, more, code);
    }
}

#[test]
fn user_data_and_options_are_kept() {
    let mut lab = Lab::new();
    let user_data = BASE64_STANDARD.encode("x".repeat(16 * 1024));
    let id = run(
        &mut lab,
        json!({
            "UserData": user_data,
            "MetadataOptions": { "HttpTokens": "required", "HttpPutResponseHopLimit": 1 },
            "TagSpecifications": [
                { "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": "one" }] },
                { "ResourceType": "volume", "Tags": [{ "Key": "Name", "Value": "disk" }] },
                { "ResourceType": "network-interface", "Tags": [{ "Key": "Name", "Value": "wire" }] },
            ],
            "BlockDeviceMappings": [
                { "DeviceName": "/dev/xvda", "Ebs": { "VolumeSize": 30, "Encrypted": true } },
                { "DeviceName": "/dev/sdf", "Ebs": { "VolumeSize": 100, "VolumeType": "gp3", "Iops": 4000, "Throughput": 500 } },
            ],
        }),
    );
    let input = json!({ "InstanceId": id, "Attribute": "userData" });
    assert_eq!(Lab::text(&lab.ok("ec2", "DescribeInstanceAttribute", input), "/UserData/Value"), user_data);
    assert_eq!(Lab::text(&instance(&mut lab, &id), "/MetadataOptions/State"), "pending");
    lab.step(20.0);
    let shown = instance(&mut lab, &id);
    assert_eq!(shown["MetadataOptions"]["HttpTokens"], "required");
    assert_eq!(shown["MetadataOptions"]["HttpPutResponseHopLimit"], 1);
    assert_eq!(shown["MetadataOptions"]["State"], "applied");
    assert_eq!(shown["Tags"], json!([{ "Key": "Name", "Value": "one" }]));
    let filters =
        json!([{ "Name": "attachment.instance-id", "Values": [id] }, { "Name": "tag:Name", "Values": ["disk"] }]);
    let volumes = lab.ok("ec2", "DescribeVolumes", json!({ "Filters": filters }));
    let volumes = volumes["Volumes"].as_array().unwrap();
    let mut sizes: Vec<_> = volumes.iter().map(|volume| volume["Size"].as_i64().unwrap()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [30, 100]);
    let filters = json!([{ "Name": "tag:Name", "Values": ["wire"] }]);
    let interfaces = lab.ok("ec2", "DescribeNetworkInterfaces", json!({ "Filters": filters }));
    assert_eq!(interfaces["NetworkInterfaces"].as_array().unwrap().len(), 1);
}

#[test]
fn images_are_found_by_parameter() {
    let mut lab = Lab::new();
    let name = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    let id = run(&mut lab, json!({ "ImageId": name }));
    assert_eq!(instance(&mut lab, &id)["ImageId"], image("x86_64"));
}

#[test]
fn quotas_and_shortages() {
    let mut lab = Lab::new();
    lab.account.settings.compute_limits.standard_vcpus = 6;
    let message = refused(&mut lab, json!({ "MinCount": 4, "MaxCount": 4 }), "VcpuLimitExceeded");
    assert!(message.contains("your current vCPU limit of 6 allows"), "{message}");
    // As many as there may be, above the least.
    let some = lab.ok("ec2", "RunInstances", launch(json!({ "MinCount": 1, "MaxCount": 8 })));
    assert_eq!(some["Instances"].as_array().unwrap().len(), 3);

    lab.account.settings.compute_limits.standard_vcpus = 100;
    lab.account.settings.shortages = vec![Shortage::new("eu-central-1a", "t3.*", 1)];
    let here = |zone: &str, count: u64| json!({ "Placement": { "AvailabilityZone": format!("eu-central-1{zone}") }, "MinCount": count, "MaxCount": count });
    let message = refused(&mut lab, here("a", 2), "InsufficientInstanceCapacity");
    assert!(
        message.contains("(eu-central-1a)") && message.ends_with("choosing eu-central-1b, eu-central-1c."),
        "{message}"
    );
    run(&mut lab, here("a", 1));
    refused(&mut lab, here("a", 1), "InsufficientInstanceCapacity");
    run(&mut lab, here("b", 1));
    for _ in 0..6 {
        let id = run(&mut lab, json!({}));
        assert_ne!(instance(&mut lab, &id)["Placement"]["AvailabilityZone"], "eu-central-1a");
    }
}

#[test]
fn a_zone_without_the_type() {
    let mut lab = Lab::new();
    lab.region = "us-east-1".to_owned();
    let zones = lab.ok("ec2", "DescribeAvailabilityZones", json!({}));
    let zones = zones["AvailabilityZones"].as_array().unwrap();
    let old = zones.iter().find(|zone| zone["ZoneId"] == "use1-az3").unwrap();
    let name = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    let input = launch(json!({
        "ImageId": name, "InstanceType": "m6i.large", "Placement": { "AvailabilityZone": old["ZoneName"] },
    }));
    let message = lab.refused("ec2", "RunInstances", input, "Unsupported");
    assert!(message.starts_with("Your requested instance type (m6i.large) is not supported"), "{message}");
}

#[test]
fn a_key_that_cannot_be_used_ends_the_launch() {
    let mut lab = Lab::new();
    let ebs = json!({ "Encrypted": true, "KmsKeyId": "alias/nobody's" });
    let id = run(&mut lab, json!({ "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": ebs }] }));
    assert_eq!(super::state(&mut lab, &id), "pending");
    lab.step(120.0);
    let shown = instance(&mut lab, &id);
    assert_eq!(Lab::text(&shown, "/State/Name"), "terminated");
    assert_eq!(Lab::text(&shown, "/StateReason/Code"), "Client.InvalidKMSKey.InvalidState");
    assert_eq!(counts(&mut lab), (1, 0, 0));
}

#[test]
fn an_instance_may_end_instead_of_running() {
    let mut lab = Lab::new();
    lab.account.settings.stillborn.insert("t3.*".to_owned(), "Client.InternalError".to_owned());
    let id = run(&mut lab, json!({ "InstanceType": "t3.micro" }));
    lab.step(120.0);
    let shown = instance(&mut lab, &id);
    assert_eq!(Lab::text(&shown, "/State/Name"), "terminated");
    assert_eq!(Lab::text(&shown, "/StateReason/Message"), "Client.InternalError: Client error on launch");
}

#[test]
fn a_public_image_may_be_taken_back() {
    let mut lab = Lab::new();
    let image = image("x86_64");
    lab.account.settings.withdrawn_images.insert(image.clone());
    lab.refused("ec2", "RunInstances", launch(json!({ "ImageId": image })), "InvalidAMIID.NotFound");
    lab.refused("ec2", "DescribeImages", json!({ "ImageIds": [image] }), "InvalidAMIID.NotFound");
}

#[test]
fn a_template_is_launched_and_overridden() {
    let mut lab = Lab::new();
    let data = json!({
        "ImageId": image("x86_64"),
        "InstanceType": "t3.small",
        "MetadataOptions": { "HttpTokens": "required", "HttpPutResponseHopLimit": 1 },
        "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": { "VolumeSize": 20, "VolumeType": "gp3" } }],
        "TagSpecifications": [{
            "ResourceType": "instance", "Tags": [{ "Key": "from", "Value": "template" }, { "Key": "Name", "Value": "t" }],
        }],
    });
    let input = json!({ "LaunchTemplateName": "nodes", "LaunchTemplateData": data });
    let template = Lab::text(&lab.ok("ec2", "CreateLaunchTemplate", input), "/LaunchTemplate/LaunchTemplateId");
    let answer = lab.ok(
        "ec2",
        "RunInstances",
        json!({
            "MinCount": 1,
            "MaxCount": 1,
            "InstanceType": "t3.micro",
            "LaunchTemplate": { "LaunchTemplateName": "nodes" },
            "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": { "VolumeSize": 50 } }],
            "TagSpecifications": [{ "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": "mine" }] }],
        }),
    );
    let shown = &answer["Instances"][0];
    assert_eq!(shown["InstanceType"], "t3.micro");
    assert_eq!(shown["MetadataOptions"]["HttpPutResponseHopLimit"], 1);
    let tag = |key: &str| {
        let tags = shown["Tags"].as_array().unwrap().iter();
        tags.clone().find(|tag| tag["Key"] == key).map(|tag| Lab::text(tag, "/Value"))
    };
    assert_eq!(tag("Name").as_deref(), Some("mine"));
    assert_eq!(tag("from").as_deref(), Some("template"));
    assert_eq!(tag("aws:ec2launchtemplate:id"), Some(template));
    assert_eq!(tag("aws:ec2launchtemplate:version").as_deref(), Some("1"));
    let volumes = lab.ok("ec2", "DescribeVolumes", json!({}));
    assert_eq!(volumes["Volumes"][0]["Size"], 50);
    assert_eq!(volumes["Volumes"][0]["VolumeType"], "gp3");
}

#[test]
fn a_service_launches_templates() {
    let mut lab = Lab::new();
    let subnet = lab.ok("ec2", "DescribeSubnets", json!({}));
    let subnet = Lab::text(&subnet, "/Subnets/1/SubnetId");
    let interfaces = json!([{ "DeviceIndex": 0, "AssociatePublicIpAddress": false }]);
    for (name, more) in [("plain", json!({})), ("wired", json!({ "NetworkInterfaces": interfaces }))] {
        let mut data = json!({ "ImageId": image("x86_64"), "InstanceType": "t3.small" });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let input = json!({ "LaunchTemplateName": name, "LaunchTemplateData": data });
        lab.ok("ec2", "CreateLaunchTemplate", input);
        let mut tags = Tags::default();
        tags.insert("aws:autoscaling:groupName", "group");
        let launch = Launch {
            template: Specification { name: Some(name.to_owned()), ..Specification::default() },
            instance_type: None,
            subnet: subnet.clone(),
            count: 2,
            tags,
        };
        let made = crate::aws::ec2::launch(&mut lab.account, REGION, launch).unwrap();
        assert_eq!(made.len(), 2);
        let shown = instance(&mut lab, &made[1]);
        assert_eq!(shown["SubnetId"], subnet);
        assert!(
            shown["Tags"]
                .as_array()
                .unwrap()
                .contains(&json!({ "Key": "aws:autoscaling:groupName", "Value": "group" }))
        );
        lab.step(20.0);
        assert_eq!(instance(&mut lab, &made[0]).get("PublicIpAddress").is_some(), name == "plain");
        crate::aws::ec2::terminate(&mut lab.account, REGION, &made, ("Client.InternalError", "scaled in"));
        assert_eq!(super::state(&mut lab, &made[0]), "shutting-down");
    }
}

#[test]
fn images_are_found_by_the_accounts_own_parameter() {
    let mut lab = Lab::new();
    let put = |value: &str| json!({ "Name": "/mine/image", "Type": "String", "Value": value, "Overwrite": true });
    lab.ok("ssm", "PutParameter", put("ami-0123456789abcdef0"));
    lab.ok("ssm", "PutParameter", put(&image("x86_64")));
    let id = run(&mut lab, json!({ "ImageId": "resolve:ssm:/mine/image" }));
    assert_eq!(instance(&mut lab, &id)["ImageId"], image("x86_64"));
    refused(&mut lab, json!({ "ImageId": "resolve:ssm:/mine/image:1" }), "InvalidAMIID.NotFound");
}

#[test]
fn disks_are_encrypted_with_the_accounts_own_key() {
    let mut lab = Lab::new();
    let key = Lab::text(&lab.ok("kms", "CreateKey", json!({})), "/KeyMetadata/Arn");
    lab.ok("kms", "CreateAlias", json!({ "AliasName": "alias/mine", "TargetKeyId": key }));
    let ebs = json!({ "Encrypted": true, "KmsKeyId": "alias/mine" });
    let id = run(&mut lab, json!({ "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": ebs }] }));
    lab.step(20.0);
    assert_eq!(super::state(&mut lab, &id), "running");
    assert_eq!(lab.ok("ec2", "DescribeVolumes", json!({}))["Volumes"][0]["KmsKeyId"], key);
}
