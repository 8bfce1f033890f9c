//! Resources that come to be.

use serde_json::Value;

use super::kind::New;
use super::{fingerprint, kinds, labels, quota, reference, target};
use crate::gcp::call::Call;
use crate::gcp::contracts;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::{Effect, Start};
use crate::gcp::project::{Project, rfc3339};
use crate::gcp::resource::{Phase, Resource, text};
use crate::gcp::scope::{BASE, Key, Scope};

/// What names are, where the contract doesn't say (<https://cloud.google.com/compute/docs/naming-resources>).
const NAME: &str = "(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)";

/// `insert`, of any kind.
pub(crate) fn insert(call: &mut Call<'_>) -> Answer {
    let key = Key::new(target::collection(call.method), target::scope(call)?, text(call.body, "name"));
    let new = check(call, &key, New { document: call.body.clone(), ..New::default() })?;
    add(call.project, &key, new);
    Ok(start(call, "insert", key.clone(), key.scope.clone(), Effect::Created(key)))
}

/// Holds what is to be inserted against every rule, and completes it.
pub(crate) fn check(call: &mut Call<'_>, key: &Key, mut new: New) -> Result<New, ApiError> {
    let Some(kind) = kinds::kind(key.collection) else { return Err(ApiError::not_found(key.collection)) };
    free(call.project, key)?;
    labels::check(&new.document, "labels")?;
    reference::resolve(call.project, &key.scope, kind.references(), &mut new.document)?;
    kind.prepare(call, key, &mut new)?;
    quota::allows(call.project, kind, key)?;
    Ok(new)
}

/// Refuses a name that can't be given, or that is taken.
pub(crate) fn free(project: &Project, key: &Key) -> Result<(), ApiError> {
    named(&key.name)?;
    if project.resources.contains(key) { Err(ApiError::exists(&key.path(&project.id))) } else { Ok(()) }
}

/// Refuses what isn't a resource's name.
pub(crate) fn named(name: &str) -> Result<(), ApiError> {
    let mut characters = name.bytes();
    let begins = characters.next().is_some_and(|first| first.is_ascii_lowercase());
    let fits = begins
        && name.len() <= 63
        && !name.ends_with('-')
        && characters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    match fits {
        true => Ok(()),
        false if name.is_empty() => Err(ApiError::required("name")),
        false => Err(ApiError::field("name", &Value::from(name), format!("Must be a match of regex '{NAME}'"))),
    }
}

/// Puts a resource into its project, with what the server writes into every one. It comes when its insertion ends.
pub(crate) fn add(project: &mut Project, key: &Key, new: New) {
    let New { mut document, hidden } = new;
    let id = project.new_id();
    let schema = kinds::kind(key.collection).map_or("", |kind| kind.schema());
    let contract = contracts::compute();
    let has = |field: &str| contract.schemas.get(schema).is_some_and(|schema| schema.properties.contains_key(field));
    let place = format!("{BASE}projects/{}/{}", project.id, key.scope);
    document.insert("name".to_owned(), key.name.as_str().into());
    document.insert("id".to_owned(), id.to_string().into());
    document.insert("creationTimestamp".to_owned(), rfc3339(project.now).into());
    document.insert("selfLink".to_owned(), key.link(&project.id).into());
    if let Some(kind) = contract.kind_of(schema) {
        document.insert("kind".to_owned(), kind.into());
    }
    match key.scope {
        Scope::Region(_) if has("region") => document.insert("region".to_owned(), place.into()),
        Scope::Zone(_) if has("zone") => document.insert("zone".to_owned(), place.into()),
        _ => None,
    };
    fingerprint::put(schema, &mut document);
    let since = project.now;
    project.resources.insert(Resource { key: key.clone(), id, document, hidden, since, phase: Phase::Coming, busy: 0 });
}

/// Starts an operation for a call.
pub(crate) fn start(call: &mut Call<'_>, verb: &str, target: Key, scope: Scope, effect: Effect) -> Value {
    let kind = kinds::kind(target.collection);
    let takes =
        kind.map_or(call.project.settings.timings.operation, |kind| kind.takes(&call.project.settings.timings, verb));
    call.project.start(Start {
        scope,
        kind: kind.map_or_else(|| verb.to_owned(), |kind| kind.operation_type(verb)),
        method: call.method.operation().to_owned(),
        target: Some(target),
        effect,
        takes,
        user: call.caller.to_owned(),
    })
}
