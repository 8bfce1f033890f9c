#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod attributes;
mod describe;
mod launch;
mod lifecycle;
mod network;
mod token;

use serde_json::{Value, json};

use crate::aws::testing::{Lab, REGION};

/// The current Amazon Linux image for an architecture.
fn image(architecture: &str) -> String {
    let name = format!("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}");
    crate::aws::ec2::public_parameter(REGION, &name).unwrap()
}

/// Parameters of a launch of one small machine in the default network, with more on top.
fn launch(more: Value) -> Value {
    let mut input = json!({ "ImageId": image("x86_64"), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1 });
    for (member, value) in more.as_object().unwrap() {
        input[member] = value.clone();
    }
    input
}

/// Launches one; its id.
fn run(lab: &mut Lab, more: Value) -> String {
    let answer = lab.ok("ec2", "RunInstances", launch(more));
    Lab::text(&answer, "/Instances/0/InstanceId")
}

fn instance(lab: &mut Lab, id: &str) -> Value {
    let answer = lab.ok("ec2", "DescribeInstances", json!({ "InstanceIds": [id] }));
    answer.pointer("/Reservations/0/Instances/0").unwrap().clone()
}

fn state(lab: &mut Lab, id: &str) -> String {
    Lab::text(&instance(lab, id), "/State/Name")
}
