//! Lists: of a collection in one place, and in all of them.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{kinds, places, target};
use crate::gcp::call::Call;
use crate::gcp::contracts;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::filter::Filter;
use crate::gcp::resource::{Document, Resource, text};
use crate::gcp::scope::{BASE, Scope};
use crate::page;

/// How many are on a page if the request doesn't say, which is also the most (the discovery document's `maxResults`).
const PAGE: usize = 500;

/// Documents that were asked for, and the token of the next page.
pub(crate) type Listed = (Vec<Document>, Option<String>);

/// `list`, of any kind.
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let (collection, scope) = (target::collection(call.method), target::scope(call)?);
    let found = call.project.resources.at(collection, &scope).filter(|resource| is_listed(call, resource));
    let listed = choose_shown(call, found.collect())?;
    Ok(envelope(call, &format!("{scope}/{collection}"), listed))
}

/// `aggregatedList`, of any kind: by place, with a warning where there are none.
pub(crate) fn aggregated(call: &mut Call<'_>) -> Answer {
    let collection = target::collection(call.method);
    let found = call.project.resources.of(collection).filter(|resource| is_listed(call, resource));
    let listed = choose_shown(call, found.collect())?;
    in_places(call, listed)
}

/// The answer of an aggregated list, from documents that know their places.
pub(crate) fn by_scope(call: &Call<'_>, documents: Vec<Document>) -> Answer {
    let listed = choose(call, documents)?;
    in_places(call, listed)
}

/// The same, once it is known which are listed.
fn in_places(call: &Call<'_>, (documents, token): Listed) -> Answer {
    let collection = target::collection(call.method);
    let contract = contracts::compute();
    // What the list in each place is called: `instances`.
    let items = call.method.response.as_ref().and_then(|name| contract.schemas.get(name)?.properties.get("items"));
    let scoped = items.and_then(|items| items.additional_properties.as_deref()).map(|of| contract.resolve(of));
    let name =
        scoped.and_then(|of| of.properties.keys().find(|name| *name != "warning")).map_or(collection, |name| name);
    let mut places = Map::new();
    for scope in scopes(call.method.id.as_str()) {
        let warning = json!({
            "code": "NO_RESULTS_ON_PAGE",
            "message": format!("There are no results for scope '{scope}' on this page."),
            "data": [{ "key": "scope", "value": scope.to_string() }],
        });
        places.insert(scope.to_string(), json!({ "warning": warning }));
    }
    for document in documents {
        let scope = place_of(&document);
        let place = places.entry(scope).or_insert_with(|| json!({}));
        match place.get_mut(name).and_then(Value::as_array_mut) {
            Some(items) => items.push(Value::Object(document)),
            None => *place = json!({ name: [document] }),
        }
    }
    let mut answer = envelope(call, &format!("aggregated/{collection}"), (Vec::new(), token));
    if let Value::Object(answer) = &mut answer {
        answer.insert("items".to_owned(), Value::Object(places));
    }
    Ok(answer)
}

/// The places that an aggregated list is about: those in which the contract knows a list of the same kind.
fn scopes(method: &str) -> Vec<Scope> {
    let collection = method.split('.').nth(1).unwrap_or_default();
    let mut chars = collection.chars();
    let capital: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    let contract = contracts::compute();
    let has = |resource: &str, place: &str| {
        let list = contract.methods.get(&format!("compute.{resource}.list"));
        list.is_some_and(|list| list.path.starts_with(&format!("projects/{{project}}/{place}")))
    };
    let any = |place: &str| {
        let names = [collection.to_owned(), format!("region{capital}"), format!("global{capital}")];
        names.iter().any(|name| has(name, place)) || (collection == "globalOperations" && place != "none")
    };
    let mut scopes = Vec::new();
    if any("global") {
        scopes.push(Scope::Global);
    }
    if any("regions/") {
        scopes.extend(places::regions().map(|region| Scope::Region(region.to_owned())));
    }
    if any("zones/") {
        scopes.extend(places::zones().map(|zone| Scope::Zone(zone.to_owned())));
    }
    scopes
}

/// Where a document says it is.
fn place_of(document: &Document) -> String {
    let link = text(document, "selfLink").strip_prefix(BASE).unwrap_or_default();
    let parts: Vec<&str> = link.split('/').skip(2).take(2).collect();
    match parts.as_slice() {
        ["regions" | "zones", _] => parts.join("/"),
        // Machine types and the like have short names of places.
        _ => match text(document, "zone") {
            "" => "global".to_owned(),
            zone => format!("zones/{}", zone.rsplit('/').next().unwrap_or_default()),
        },
    }
}

fn is_listed(call: &Call<'_>, resource: &Resource) -> bool {
    target::is_visible(resource) && call.project.shows(resource.id, resource.since)
}

fn shown(call: &Call<'_>, resource: &Resource) -> Document {
    let kind = kinds::kind(resource.key.collection);
    kind.map_or_else(|| resource.document.clone(), |kind| kind.show(call.project, resource))
}

/// Those of the documents that the call's `filter`, `orderBy`, `maxResults` and `pageToken` ask for.
pub(crate) fn choose(call: &Call<'_>, documents: Vec<Document>) -> Result<Listed, ApiError> {
    page_of(call, documents, |document| Cow::Borrowed(document))
}

/// As [`choose`], of resources: only those of the page are held as documents at the same time.
fn choose_shown(call: &Call<'_>, resources: Vec<&Resource>) -> Result<Listed, ApiError> {
    let (chosen, token) = page_of(call, resources, |resource| Cow::Owned(shown(call, resource)))?;
    Ok((chosen.into_iter().map(|resource| shown(call, resource)).collect(), token))
}

/// The page that a call asks for, of whatever has documents.
fn page_of<T>(
    call: &Call<'_>,
    items: Vec<T>,
    document: impl for<'a> Fn(&'a T) -> Cow<'a, Document>,
) -> Result<page::Page<T>, ApiError> {
    let filter = Filter::parse(call.text("filter").unwrap_or_default())?;
    let size = match call.number("maxResults") {
        None | Some(0) => PAGE,
        Some(size) => usize::try_from(size).ok().filter(|size| *size <= PAGE).ok_or_else(|| {
            let message = format!("Invalid value for field 'maxResults': '{size}'. Must be in the range 0 to {PAGE}.");
            ApiError::invalid(message)
        })?,
    };
    let token = call.text("pageToken").filter(|token| !token.is_empty());
    let refusal = || {
        let token = token.unwrap_or_default();
        ApiError::invalid(format!("Invalid value for field 'pageToken': '{token}'. The page token is not valid."))
    };
    let keyed = |key: fn(&Document) -> String| {
        let passing = items.into_iter().filter_map(|item| {
            let key = Some(document(&item)).filter(|document| filter.passes(document)).map(|document| key(&document));
            key.map(|key| (key, item))
        });
        passing.collect::<Vec<(String, T)>>()
    };
    match call.text("orderBy").unwrap_or_default().trim() {
        "" | "name" | "name asc" => {
            let mut keyed = keyed(sort_key);
            keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
            page::by_key(token, size, keyed, refusal)
        }
        "creationTimestamp desc" => {
            let mut keyed = keyed(|one| born(one).to_owned());
            keyed.sort_by(|(one, _), (other, _)| other.cmp(one));
            page::by_place(token, size, keyed.into_iter().map(|(_, item)| item).collect(), refusal)
        }
        other => Err(ApiError::invalid(format!(
            "Invalid value for field 'orderBy': '{other}'. Only ordering by name or creationTimestamp desc is supported."
        ))),
    }
}

/// When something was made. Operations have their own word for it, and are "sorted so that the newest operation is
/// returned first" (<https://cloud.google.com/compute/docs/reference/rest/v1/globalOperations/list>).
fn born(document: &Document) -> &str {
    match text(document, "creationTimestamp") {
        "" => text(document, "insertTime"),
        moment => moment,
    }
}

/// Names come first; of equal ones, places.
fn sort_key(document: &Document) -> String {
    format!("{}\0{}", text(document, "name"), text(document, "selfLink"))
}

/// A list's answer, with what the contract puts around its items.
pub(crate) fn envelope(call: &Call<'_>, path: &str, listed: Listed) -> Value {
    let (documents, token) = listed;
    let mut answer = Map::new();
    let schema = call.method.response.as_deref().unwrap_or_default();
    if let Some(kind) = contracts::compute().kind_of(schema) {
        answer.insert("kind".to_owned(), kind.into());
    }
    let path = format!("projects/{}/{path}", call.project.id);
    answer.insert("id".to_owned(), path.as_str().into());
    if !documents.is_empty() {
        answer.insert("items".to_owned(), documents.into_iter().map(Value::Object).collect());
    }
    if let Some(token) = token {
        answer.insert("nextPageToken".to_owned(), token.into());
    }
    // Some lists have no link: those of security policies.
    if contracts::compute().schemas.get(schema).is_some_and(|schema| schema.properties.contains_key("selfLink")) {
        answer.insert("selfLink".to_owned(), format!("{BASE}{path}").into());
    }
    Value::Object(answer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::{Value, json};

    use crate::gcp::testing::Lab;

    #[test]
    fn the_newest_operation_comes_first() {
        let mut lab = Lab::new();
        for verb in 0..3 {
            lab.done("POST", "global/networks", json!({"name": format!("n{verb}"), "autoCreateSubnetworks": false}));
            lab.step(5.0);
        }
        let listed = lab.get("global/operations?orderBy=creationTimestamp%20desc");
        let moments: Vec<&str> =
            listed["items"].as_array().unwrap().iter().filter_map(|one| one["insertTime"].as_str()).collect();
        assert_eq!(moments.len(), 3);
        assert!(moments.is_sorted_by(|newer, older| newer > older), "{moments:?}");
        assert_eq!(listed["nextPageToken"], Value::Null);
    }
}
