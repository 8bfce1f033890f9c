//! RunInstances' parameters together with its launch template's: "Any parameters that you specify in RunInstances
//! override the same parameters in the launch template"
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html>).

use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::launch_template::{Specification, resolve_shown};
use crate::aws::ec2::member::{list, text};

/// Parameters that members of one structure are merged of, not replaced as a whole.
const STRUCTURES: [&str; 4] = ["CpuOptions", "MetadataOptions", "Placement", "PrivateDnsNameOptions"];

/// What the launch template gives and the request doesn't.
#[derive(Debug, Clone)]
pub(super) struct Template {
    pub(super) id: String,
    pub(super) version: u64,
}

/// The request's parameters on top of its launch template's.
pub(super) fn merged(call: &Call<'_>) -> Result<(Value, Option<Template>), ApiError> {
    let Some(given) = call.input.get("LaunchTemplate") else { return Ok((call.input.clone(), None)) };
    let specification = Specification {
        id: text(given, "LaunchTemplateId").map(str::to_owned),
        name: text(given, "LaunchTemplateName").map(str::to_owned),
        version: text(given, "Version").map(str::to_owned),
    };
    let (id, _, version, data) = resolve_shown(call.account, &call.look().ec2, &specification)?;
    let mut merged = match data {
        Value::Object(data) => data,
        _ => Map::new(),
    };
    if let Some(ramdisk) = merged.remove("RamDiskId") {
        merged.insert("RamdiskId".to_owned(), ramdisk);
    }
    let request = call.input.as_object();
    for (member, value) in request.into_iter().flatten() {
        let base = merged.remove(member).unwrap_or_default();
        merged.insert(member.clone(), on_top(member, base, value));
    }
    // Groups by id and groups by name are two ways to say one thing.
    for (one, other) in [("SecurityGroupIds", "SecurityGroups"), ("SecurityGroups", "SecurityGroupIds")] {
        if !list(call.input, one).is_empty() && list(call.input, other).is_empty() {
            merged.remove(other);
        }
    }
    Ok((Value::Object(merged), Some(Template { id, version })))
}

fn on_top(member: &str, base: Value, value: &Value) -> Value {
    match (member, base) {
        ("BlockDeviceMappings", Value::Array(base)) => lists(base, value, "DeviceName"),
        ("NetworkInterfaces", Value::Array(base)) => lists(base, value, "DeviceIndex"),
        ("TagSpecifications", Value::Array(base)) => tags(base, value),
        (member, Value::Object(base)) if STRUCTURES.contains(&member) => structures(base, value),
        _ => value.clone(),
    }
}

/// Members that are given replace the others'.
fn structures(mut base: Map<String, Value>, value: &Value) -> Value {
    for (member, value) in value.as_object().into_iter().flatten() {
        match (base.get_mut(member), value) {
            (Some(Value::Object(below)), Value::Object(_)) => {
                let below = std::mem::take(below);
                base.insert(member.clone(), structures(below, value));
            }
            _ => {
                base.insert(member.clone(), value.clone());
            }
        }
    }
    Value::Object(base)
}

/// Entries about the same device are merged, others added.
fn lists(mut base: Vec<Value>, value: &Value, device: &str) -> Value {
    for entry in value.as_array().into_iter().flatten() {
        let same = |below: &&mut Value| below.get(device).is_some() && below.get(device) == entry.get(device);
        match base.iter_mut().find(same) {
            Some(below) => {
                let members = below.as_object().cloned().unwrap_or_default();
                *below = structures(members, entry);
            }
            None => base.push(entry.clone()),
        }
    }
    Value::Array(base)
}

/// "If you specify tags in both, they are merged; the request's are used where a key is in both"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html>), kind by kind.
fn tags(base: Vec<Value>, value: &Value) -> Value {
    let mut merged = base;
    for specification in value.as_array().into_iter().flatten() {
        let kind = text(specification, "ResourceType");
        let Some(below) = merged.iter_mut().find(|below| text(below, "ResourceType") == kind) else {
            merged.push(specification.clone());
            continue;
        };
        let given = list(specification, "Tags");
        let mut tags: Vec<Value> = list(below, "Tags").to_vec();
        tags.retain(|tag| !given.iter().any(|other| text(other, "Key") == text(tag, "Key")));
        tags.extend(given.iter().cloned());
        if let Some(below) = below.as_object_mut() {
            below.insert("Tags".to_owned(), tags.into());
        }
    }
    Value::Array(merged)
}
