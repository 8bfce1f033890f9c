//! Finds what breaks a contract in an output: the emulator's own mistakes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::aws::contract::{Contract, Operation, Reference, ShapeKind};

/// Words that AWS answers though its models spell them differently: the filters of the describes have them as they are
/// answered (`interface-type` of
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html>, `vpc-endpoint-state` of
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html>), or a shape's page does
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html>: "the state is available
/// when attached to a VPC").
const ANSWERED: [(&str, &str); 5] = [
    ("AttachmentStatus", "available"),
    ("NetworkInterfaceType", "nat_gateway"),
    ("State", "available"),
    ("State", "deleting"),
    ("State", "pending"),
];

/// Every way in which an output breaks the contract: a member that the contract doesn't have, a value of another
/// type or outside of an enum, a required member that isn't there. Empty is fine.
pub(crate) fn output(contract: &Contract, operation: &Operation, output: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match &operation.output {
        Some(reference) => value(contract, reference, output, &operation.name, &mut found),
        None if output.is_null() || output.as_object().is_some_and(serde_json::Map::is_empty) => {}
        None => found.push(format!("{}: the operation has no output", operation.name)),
    }
    found
}

fn value(contract: &Contract, reference: &Reference, value: &Value, path: &str, found: &mut Vec<String>) {
    let shape = contract.shape(reference);
    let fits = match (shape.kind, value) {
        (ShapeKind::Structure, Value::Object(object)) => {
            for name in object.keys().filter(|name| shape.members.get(name).is_none()) {
                found.push(format!("{path}.{name}: {} has no such member", reference.shape));
            }
            for (name, member) in shape.members.iter() {
                match object.get(name).filter(|value| !value.is_null()) {
                    Some(value) => self::value(contract, member, value, &format!("{path}.{name}"), found),
                    None if shape.required.iter().any(|required| required == name) => {
                        found.push(format!("{path}.{name}: is required and missing"));
                    }
                    None => {}
                }
            }
            true
        }
        (ShapeKind::List, Value::Array(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                if let Some(member) = &shape.member {
                    self::value(contract, member, element, &format!("{path}[{index}]"), found);
                }
            }
            true
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            for (key, element) in entries {
                if let Some(of) = &shape.value {
                    self::value(contract, of, element, &format!("{path}[{key:?}]"), found);
                }
            }
            true
        }
        (ShapeKind::String | ShapeKind::Character, Value::String(text)) => {
            let answered = ANSWERED.contains(&(reference.shape.as_str(), text));
            if !shape.one_of.is_empty() && !shape.one_of.contains(text) && !answered {
                found.push(format!("{path}: {text:?} is not in the enum {}", reference.shape));
            }
            true
        }
        (ShapeKind::Blob, Value::String(text)) => STANDARD.decode(text).is_ok(),
        (ShapeKind::Integer, value) => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        (ShapeKind::Long, value) => value.as_i64().is_some(),
        (ShapeKind::Float | ShapeKind::Double | ShapeKind::Timestamp, value) => value.is_number(),
        (ShapeKind::Boolean, value) => value.is_boolean(),
        _ => false,
    };
    if !fits {
        found.push(format!("{path}: {value} is not a {:?}", shape.kind));
    }
}
