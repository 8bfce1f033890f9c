//! Which permission a method needs, and on what (<https://cloud.google.com/compute/docs/access/iam-permissions>,
//! <https://cloud.google.com/iam/docs/permissions-reference>).

use serde_json::{Map, Value};

use super::contract::Method;
use super::resource::text;

/// What a method needs: `compute.networks.create`.
pub(crate) fn of(service: &str, method: &Method) -> String {
    let verb = method.verb();
    match service {
        "compute" => {
            let (resource, verb) = compute(method.resource(), verb);
            format!("compute.{resource}.{verb}")
        }
        "iam" => {
            let resource = method.resource().rsplit('.').next().unwrap_or_default();
            let verb = if verb == "patch" { "update" } else { verb };
            format!("iam.{resource}.{verb}")
        }
        "cloudresourcemanager" => format!("resourcemanager.projects.{verb}"),
        "secretmanager" => {
            let (resource, verb) = match (method.resource().rsplit('.').next().unwrap_or_default(), verb) {
                (_, "addVersion") => ("versions", "add"),
                (resource, "patch") => (resource, "update"),
                (resource, verb) => (resource, verb),
            };
            format!("secretmanager.{resource}.{verb}")
        }
        _ => {
            let verb = if verb == "patch" { "update" } else { verb };
            format!("{service}.{}.{verb}", method.resource())
        }
    }
}

/// Kinds whose permissions are the same wherever the resource is.
const EVERYWHERE: &[(&str, &str)] = &[
    ("regionInstanceGroupManagers", "instanceGroupManagers"),
    ("regionInstanceGroups", "instanceGroups"),
    ("regionInstanceTemplates", "instanceTemplates"),
    ("regionAutoscalers", "autoscalers"),
];

/// Methods that are an update, or a look, to those who give permissions.
const UPDATES: &[&str] =
    &["patch", "setNamedPorts", "addInstances", "removeInstances", "addRule", "patchRule", "removeRule"];
const LOOKS: &[&str] = &["getHealth", "getRule", "getRouterStatus", "wait", "listManagedInstances", "listErrors"];

fn compute<'m>(resource: &'m str, verb: &'m str) -> (&'m str, &'m str) {
    let same = EVERYWHERE.iter().find(|(name, _)| *name == resource).map(|(_, same)| *same);
    let resource = same.unwrap_or(resource);
    let verb = match verb {
        "insert" => "create",
        "aggregatedList" => "list",
        verb if LOOKS.contains(&verb) => "get",
        verb if UPDATES.contains(&verb) => "update",
        "delete" | "get" | "list" | "update" => verb,
        // Whatever else is done to a managed group.
        _ if resource == "instanceGroupManagers" => "update",
        "listInstances" => "list",
        verb => verb,
    };
    (resource, verb)
}

/// What it is needed on: the resource of a path, or the one that the body names.
pub(crate) fn on(
    service: &str,
    method: &Method,
    parameters: &Map<String, Value>,
    body: &Map<String, Value>,
    project: &str,
) -> String {
    for whole in ["name", "resource", "parent"] {
        if method.path.contains(&format!("{{+{whole}}}")) {
            return text(parameters, whole).to_owned();
        }
    }
    let mut path = Vec::new();
    for part in method.path.split('/') {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => path.push(text(parameters, name)),
            None => path.push(part),
        }
    }
    let skipped = if service == "dns" { 2 } else { 0 };
    let made = if method.verb() == "insert" { Some(text(body, "name")) } else { None };
    let ends = matches!(method.verb(), "insert" | "get" | "delete" | "patch" | "update");
    // What a custom method is called is no part of its resource; a list is looked at in the project.
    if !ends {
        if method.path.ends_with('}') || method.path.matches('{').count() < 2 {
            return format!("projects/{project}");
        }
        path.pop();
    }
    path.into_iter().skip(skipped).chain(made).collect::<Vec<_>>().join("/")
}
