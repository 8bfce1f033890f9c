//! Secrets (<https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets>).

use serde_json::{Value, json};

use super::{Secret, name, page, parts, precondition};
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::filter::Filter;
use crate::gcp::handlers::Handlers;
use crate::gcp::policy::{self, Policy};
use crate::gcp::project::{Project, utc};
use crate::gcp::resource::text;

pub(crate) static HANDLERS: Handlers = &[
    ("projects.secrets.create", create),
    ("projects.secrets.delete", delete),
    ("projects.secrets.get", get),
    ("projects.secrets.getIamPolicy", get_policy),
    ("projects.secrets.list", list),
    ("projects.secrets.patch", patch),
    ("projects.secrets.setIamPolicy", set_policy),
    ("projects.secrets.testIamPermissions", test_permissions),
];

/// What a patch may change.
const CHANGEABLE: &[&str] = &[
    "labels",
    "annotations",
    "expireTime",
    "ttl",
    "topics",
    "rotation",
    "versionAliases",
    "versionDestroyTtl",
    "tags",
];

pub(super) fn missing(project: &Project, id: &str) -> ApiError {
    ApiError::new(404, "notFound", format!("Secret [{}] not found.", name(project, id)))
}

/// The secret of a call's path.
pub(super) fn named<'c>(call: &'c Call<'_>, parameter: &str) -> Result<&'c Secret, ApiError> {
    let id = parts(call.required(parameter)).0;
    call.project.secrets.get(id).ok_or_else(|| missing(call.project, id))
}

fn show(project: &Project, id: &str, secret: &Secret) -> Value {
    let mut document = secret.document.clone();
    document.insert("name".to_owned(), name(project, id).into());
    document.insert("etag".to_owned(), format!("\"{:x}\"", secret.revision).into());
    Value::Object(document)
}

fn create(call: &mut Call<'_>) -> Answer {
    let id = call.text("secretId").unwrap_or_default();
    let characters = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if id.is_empty() || id.len() > 255 || !characters {
        return Err(ApiError::invalid(
            "The provided Secret ID [{}] does not match the expected format [[a-zA-Z_0-9]+]".replace("{}", id),
        ));
    }
    let replication = call.body.get("replication").and_then(Value::as_object);
    let kinds =
        replication.map_or(0, |of| ["automatic", "userManaged"].iter().filter(|kind| of.contains_key(**kind)).count());
    if kinds != 1 {
        return Err(ApiError::invalid("secret.replication must be provided: either automatic or user-managed."));
    }
    if call.project.secrets.contains_key(id) {
        let message = format!("Secret [{}] already exists.", name(call.project, id));
        return Err(ApiError::new(409, "alreadyExists", message));
    }
    let mut document = call.body.clone();
    document.remove("etag");
    document.remove("ttl");
    document.insert("createTime".to_owned(), utc(call.project.now).into());
    let secret = Secret { document, versions: Vec::new(), policy: Policy::default(), revision: call.project.new_id() };
    let shown = show(call.project, id, &secret);
    call.project.secrets.insert(id.to_owned(), secret);
    Ok(shown)
}

fn get(call: &mut Call<'_>) -> Answer {
    let id = parts(call.required("name")).0;
    Ok(show(call.project, id, named(call, "name")?))
}

fn list(call: &mut Call<'_>) -> Answer {
    let filter = Filter::parse(call.text("filter").unwrap_or_default())?;
    let mut shown: Vec<Value> =
        call.project.secrets.iter().map(|(id, secret)| show(call.project, id, secret)).collect();
    shown.retain(|one| one.as_object().is_some_and(|one| filter.passes(one)));
    page(call, "secrets", shown)
}

fn patch(call: &mut Call<'_>) -> Answer {
    named(call, "name")?;
    let id = parts(call.required("name")).0;
    let mask = call.text("updateMask").unwrap_or_default();
    let fields: Vec<String> = mask.split(',').map(camel).filter(|field| !field.is_empty()).collect();
    if let Some(field) = fields.iter().find(|field| !CHANGEABLE.contains(&field.as_str())) {
        return Err(ApiError::invalid(format!("The field '{field}' in the update mask can't be changed.")));
    }
    if fields.is_empty() {
        return Err(ApiError::invalid("An update mask is needed."));
    }
    let (revision, body) = (call.project.new_id(), call.body);
    let unknown = missing(call.project, id);
    let secret = call.project.secrets.get_mut(id).ok_or(unknown)?;
    let etag = text(body, "etag");
    if !etag.is_empty() && etag != format!("\"{:x}\"", secret.revision) {
        return Err(precondition("The etag provided in the request doesn't match the secret's."));
    }
    for field in fields {
        match body.get(&field).filter(|value| !value.is_null()) {
            Some(value) => secret.document.insert(field, value.clone()),
            None => secret.document.remove(&field),
        };
    }
    secret.revision = revision;
    Ok(show(call.project, id, named(call, "name")?))
}

/// A field's name in a mask, which may be written either way.
fn camel(field: &str) -> String {
    let mut parts = field.trim().split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let capital = letters.next().map(|first| first.to_ascii_uppercase());
        name + &capital.into_iter().chain(letters).collect::<String>()
    })
}

fn delete(call: &mut Call<'_>) -> Answer {
    let secret = named(call, "name")?;
    let etag = call.text("etag").unwrap_or_default();
    if !etag.is_empty() && etag != format!("\"{:x}\"", secret.revision) {
        return Err(precondition("The etag provided in the request doesn't match the secret's."));
    }
    call.project.secrets.remove(parts(call.required("name")).0);
    Ok(json!({}))
}

fn get_policy(call: &mut Call<'_>) -> Answer {
    Ok(named(call, "resource")?.policy.show(call.project))
}

fn set_policy(call: &mut Call<'_>) -> Answer {
    named(call, "resource")?;
    let id = parts(call.required("resource")).0;
    policy::set(call, |project: &mut Project| Some(&mut project.secrets.get_mut(id)?.policy), |_| true)
}

fn test_permissions(call: &mut Call<'_>) -> Answer {
    Ok(policy::test(call, Some(&named(call, "resource")?.policy)))
}
