//! Policy documents read, and refused as IAM refuses them. IAM's texts aren't documented; they are those that its
//! callers have reported, such as in <https://github.com/kubernetes-sigs/external-dns/issues/3085>,
//! <https://github.com/AWSCookbook/Security/issues/2>, <https://github.com/hashicorp/terraform/issues/13449> and
//! <https://github.com/opstrace/opstrace/issues/88>.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Condition, Document, Patterns, Principal, Principals, Statement};
use crate::aws::ApiError;

/// An inline policy of a role, a user, a group; or a session policy.
pub(crate) fn identity(text: &str) -> Result<Document, ApiError> {
    read(text, Form::Identity).map_err(malformed)
}

/// A managed policy, which has to be of the current version.
pub(crate) fn managed(text: &str) -> Result<Document, ApiError> {
    let document = identity(text)?;
    if !document.variables {
        return Err(malformed("Policy document must be version 2012-10-17 or greater.".to_owned()));
    }
    Ok(document)
}

/// A role's trust policy.
pub(crate) fn trust(text: &str) -> Result<Document, ApiError> {
    read(text, Form::Trust).map_err(malformed)
}

/// A policy of a resource, such as a secret; the message of what is wrong with it otherwise.
pub(crate) fn resource(text: &str) -> Result<Document, String> {
    read(text, Form::Resource)
}

fn malformed(message: String) -> ApiError {
    ApiError::new("MalformedPolicyDocument", message)
}

/// What a document is for, which decides what belongs into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Identity,
    Trust,
    Resource,
}

impl Form {
    /// The refusal of what isn't a document at all.
    fn syntax(self) -> String {
        match self {
            Self::Trust => "This policy contains invalid Json".to_owned(),
            Self::Identity | Self::Resource => "Syntax errors in policy.".to_owned(),
        }
    }
}

fn read(text: &str, form: Form) -> Result<Document, String> {
    let syntax = || form.syntax();
    let Ok(Value::Object(policy)) = serde_json::from_str(text) else { return Err(syntax()) };
    if policy.keys().any(|key| !matches!(key.as_str(), "Version" | "Id" | "Statement")) {
        return Err(syntax());
    }
    let variables = match policy.get("Version").map(Value::as_str) {
        Some(Some("2012-10-17")) => true,
        None | Some(Some("2008-10-17")) => false,
        Some(_) => return Err(syntax()),
    };
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => statements.iter().collect(),
        Some(statement @ Value::Object(_)) => vec![statement],
        _ => return Err(syntax()),
    };
    let statements: Vec<&Map<String, Value>> =
        statements.into_iter().map(Value::as_object).collect::<Option<_>>().ok_or_else(syntax)?;
    let mut ids = HashSet::new();
    for id in statements.iter().filter_map(|statement| statement.get("Sid")) {
        let id = id.as_str().ok_or_else(syntax)?;
        if form != Form::Resource && !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular \
                           expression [0-9A-Za-z]*";
            return Err(message.to_owned());
        }
        if !id.is_empty() && !ids.insert(id) {
            return Err("Statement IDs (SID) in a single policy must be unique.".to_owned());
        }
    }
    let statements = statements.into_iter().map(|statement| read_statement(statement, form));
    Ok(Document { statements: statements.collect::<Result<_, _>>()?, variables })
}

fn read_statement(statement: &Map<String, Value>, form: Form) -> Result<Statement, String> {
    const KEYS: &[&str] =
        &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    if statement.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err(form.syntax());
    }
    let allows = match statement.get("Effect").map(Value::as_str) {
        Some(Some("Allow")) => true,
        Some(Some("Deny")) => false,
        None if form == Form::Trust => return Err("Missing required field Effect".to_owned()),
        _ => return Err(form.syntax()),
    };
    let principals = read_principals(statement, form)?;
    let actions = patterns(statement, "Action", "NotAction", form)?.ok_or_else(|| match form {
        Form::Trust => "Missing required field Action".to_owned(),
        Form::Identity | Form::Resource => "Policy statement must contain actions.".to_owned(),
    })?;
    check_actions(&actions, form)?;
    let resources = patterns(statement, "Resource", "NotResource", form)?;
    match (&resources, form) {
        (Some(_), Form::Trust) => return Err("Has prohibited field Resource".to_owned()),
        (None, Form::Identity) => return Err("Policy statement must contain resources.".to_owned()),
        (Some(Patterns::Among(resources) | Patterns::Except(resources)), Form::Identity) => {
            resources.iter().try_for_each(|resource| check_resource(resource))?;
        }
        _ => {}
    }
    let conditions = match statement.get("Condition") {
        None => Vec::new(),
        Some(conditions) => Condition::read(conditions).ok_or_else(|| form.syntax())?,
    };
    Ok(Statement { allows, principals, actions, resources, conditions })
}

/// What one of two elements says that exclude each other.
fn patterns(statement: &Map<String, Value>, among: &str, except: &str, form: Form) -> Result<Option<Patterns>, String> {
    let read = |value: &Value| texts(value).filter(|texts| !texts.is_empty()).ok_or_else(|| form.syntax());
    match (statement.get(among), statement.get(except)) {
        (Some(_), Some(_)) => Err(form.syntax()),
        (Some(value), None) => read(value).map(|texts| Some(Patterns::Among(texts))),
        (None, Some(value)) => read(value).map(|texts| Some(Patterns::Except(texts))),
        (None, None) => Ok(None),
    }
}

/// A text, or a list of texts.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(values) => values.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn check_actions(actions: &Patterns, form: Form) -> Result<(), String> {
    let (Patterns::Among(names) | Patterns::Except(names)) = actions;
    for name in names {
        if form == Form::Trust {
            let vendor = name.split_once(':').map_or("", |(vendor, _)| vendor);
            if !vendor.eq_ignore_ascii_case("sts") {
                return Err("AssumeRole policy may only specify STS AssumeRole actions.".to_owned());
            }
            continue;
        }
        if name == "*" {
            continue;
        }
        let Some((vendor, action)) = name.split_once(':') else {
            return Err("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned());
        };
        if vendor.is_empty() || !vendor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(format!("Vendor {vendor} is not valid"));
        }
        if action.is_empty() || action.contains(':') {
            return Err(
                "Actions/Condition can contain only one colon, and must be prefaced by a vendor, e.g., iam, sdb, \
                 ec2, etc."
                    .to_owned(),
            );
        }
    }
    Ok(())
}

/// Resources are ARNs with wildcards (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).
fn check_resource(resource: &str) -> Result<(), String> {
    if resource == "*" {
        return Ok(());
    }
    let mut parts = resource.splitn(6, ':');
    if parts.next() != Some("arn") {
        return Err(format!("Resource {resource} must be in ARN format or \"*\"."));
    }
    let (partition, vendor, region) = (parts.next(), parts.next(), parts.next());
    let (Some(partition), Some(vendor), Some(region)) = (partition, vendor, region) else {
        return Err("The policy failed legacy parsing".to_owned());
    };
    if partition != "*" && !matches!(partition, "aws" | "aws-cn" | "aws-us-gov") {
        return Err(format!("Partition \"{partition}\" is not valid for resource \"{resource}\"."));
    }
    if vendor.contains('?') || (vendor.contains('*') && vendor != "*") {
        return Err("Resource vendor must be fully qualified and cannot contain regexes.".to_owned());
    }
    if parts.next().is_none() || parts.next().is_none() {
        return Err("The policy failed legacy parsing".to_owned());
    }
    match vendor {
        "iam" if !region.is_empty() && region != "*" => {
            Err(format!("IAM resource {resource} cannot contain region information."))
        }
        "s3" if !region.is_empty() && region != "*" => {
            Err(format!("Resource {resource} can not contain region information."))
        }
        _ => Ok(()),
    }
}

fn read_principals(statement: &Map<String, Value>, form: Form) -> Result<Option<Principals>, String> {
    let read = |value: &Value| {
        if value.as_str() == Some("*") {
            return Ok(vec![Principal::Everyone]);
        }
        let Some(kinds) = value.as_object().filter(|kinds| !kinds.is_empty()) else { return Err(form.syntax()) };
        let mut principals = Vec::new();
        for (kind, names) in kinds {
            for name in texts(names).ok_or_else(|| form.syntax())? {
                principals.push(principal(kind, name)?);
            }
        }
        Ok(principals)
    };
    let principals = match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(_), Some(_)) => return Err(form.syntax()),
        (Some(value), None) => Some(Principals::Among(read(value)?)),
        (None, Some(value)) => Some(Principals::Except(read(value)?)),
        (None, None) => None,
    };
    match (&principals, form) {
        (Some(_), Form::Identity) => Err("Policy document should not specify a principal.".to_owned()),
        (None, Form::Trust | Form::Resource) => Err("Missing required field Principal".to_owned()),
        (Some(Principals::Except(_)), Form::Trust) => Err("Has prohibited field NotPrincipal".to_owned()),
        _ => Ok(principals),
    }
}

fn principal(kind: &str, name: String) -> Result<Principal, String> {
    let invalid = |kind: &str, name: &str| format!("Invalid principal in policy: \"{kind}\":\"{name}\"");
    match kind {
        "AWS" if name == "*" => Ok(Principal::Everyone),
        // An account's number stands for its root user's ARN.
        "AWS" if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Principal::Aws(format!("arn:aws:iam::{name}:root")))
        }
        "AWS" => {
            let parts: Vec<&str> = name.splitn(6, ':').collect();
            let [_, _, service, _, account, entity] = parts.as_slice() else { return Err(invalid("AWS", &name)) };
            let known = match *service {
                "iam" => *entity == "root" || entity.starts_with("user/") || entity.starts_with("role/"),
                "sts" => entity.starts_with("assumed-role/") || entity.starts_with("federated-user/"),
                _ => false,
            };
            let numbered = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            if !name.starts_with("arn:aws") || !known || !numbered || entity.contains(['*', '?']) {
                return Err(invalid("AWS", &name));
            }
            Ok(Principal::Aws(name))
        }
        "Service" if name.ends_with(".amazonaws.com") && !name.contains(['*', '/', ':']) => {
            Ok(Principal::Service(name))
        }
        "Service" => Err(invalid("SERVICE", &name)),
        "Federated" => Ok(Principal::Federated(name)),
        "CanonicalUser" => Ok(Principal::Aws(name)),
        _ => Err(invalid(kind, &name)),
    }
}
