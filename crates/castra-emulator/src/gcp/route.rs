//! From a path to the method that it is for.

use std::collections::HashMap;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;

use super::contract::{Contract, Method};
use super::contracts::{self, Service};

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found {
    /// A method that is served.
    Served(&'static Service, &'static Method),
    /// One that Google has and the emulator doesn't: its service, and its id.
    Unserved(&'static Service, &'static str),
}

/// A place in a path: what may follow, and what is here for each HTTP method.
#[derive(Debug, Default)]
struct Node {
    literals: HashMap<&'static str, Node>,
    parameter: Option<Box<Node>>,
    /// By HTTP method and what follows a colon in the last segment.
    here: HashMap<(&'static str, &'static str), Found>,
}

static ROUTES: LazyLock<Node> = LazyLock::new(|| {
    let mut root = Node::default();
    for service in contracts::all() {
        let contract: &'static Contract = &service.contract;
        for method in contract.methods.values() {
            root.add(contract, method.flat_path(), &method.http_method, Found::Served(service, method));
        }
        for (id, method) in &contract.unserved {
            root.add(contract, method.flat_path(), &method.http_method, Found::Unserved(service, id));
        }
    }
    root
});

impl Node {
    fn add(&mut self, contract: &'static Contract, path: &'static str, http_method: &'static str, found: Found) {
        let (path, verb) = split_verb(path);
        let prefix = contract.service_path.split('/').filter(|part| !part.is_empty());
        let mut node = self;
        for segment in prefix.chain(path.split('/')) {
            node = if segment.starts_with('{') {
                node.parameter.get_or_insert_default()
            } else {
                node.literals.entry(segment).or_default()
            };
        }
        // What is served comes first, and stays.
        node.here.entry((http_method, verb)).or_insert(found);
    }

    fn find(&self, http_method: &str, segments: &[&str]) -> Option<Found> {
        let (first, rest) = segments.split_first()?;
        if rest.is_empty() {
            let (name, verb) = first.rsplit_once(':').unwrap_or((first, ""));
            // A colon may also belong to a name.
            for (name, verb) in [(name, verb), (first, "")] {
                let nodes = [self.literals.get(name), self.parameter.as_deref()];
                let mut found = nodes.into_iter().flatten().filter_map(|node| node.here.get(&(http_method, verb)));
                if let Some(found) = found.next() {
                    return Some(*found);
                }
            }
            return None;
        }
        let nodes = [self.literals.get(first), self.parameter.as_deref()];
        nodes.into_iter().flatten().find_map(|node| node.find(http_method, rest))
    }
}

/// A path's template, and what follows the colon at its end.
fn split_verb(path: &str) -> (&str, &str) {
    match path.rsplit_once(':') {
        Some((path, verb)) if !verb.contains(['/', '}']) => (path, verb),
        _ => (path, ""),
    }
}

/// What a request's path leads to.
pub(crate) fn find(http_method: &str, path: &str) -> Option<Found> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    ROUTES.find(http_method, &segments)
}

/// Whether a path is one of Google's, whatever method it may be for.
pub(crate) fn is_googles(path: &str) -> bool {
    let mut segments = path.trim_start_matches('/').split('/');
    let (first, second) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    match ROUTES.literals.get(first) {
        Some(node) => !second.is_empty() && (node.literals.contains_key(second) || node.parameter.is_some()),
        None => false,
    }
}

/// The path parameters of a request, decoded: `{+name}` takes as many segments as are left for it.
pub(crate) fn path_parameters(contract: &Contract, method: &Method, path: &str) -> Vec<(String, String)> {
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix(contract.service_path.as_str()).unwrap_or(path);
    let (template, verb) = split_verb(&method.path);
    let path = if verb.is_empty() { path } else { path.rsplit_once(':').map_or(path, |(path, _)| path) };
    let template: Vec<&str> = template.split('/').collect();
    let segments: Vec<&str> = path.split('/').collect();
    let mut rest = segments.as_slice();
    let mut found = Vec::new();
    for (place, part) in template.iter().enumerate() {
        let whole = part.starts_with("{+");
        let taken = if whole { (rest.len() + place + 1).saturating_sub(template.len()) } else { 1 };
        let (mine, left) = rest.split_at(taken.min(rest.len()));
        rest = left;
        if part.starts_with('{') {
            let name = part.trim_start_matches("{+").trim_start_matches('{').trim_end_matches('}');
            let value = percent_decode_str(&mine.join("/")).decode_utf8_lossy().into_owned();
            found.push((name.to_owned(), value));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[track_caller]
    fn served(http_method: &str, path: &str) -> (&'static str, Vec<(String, String)>) {
        match find(http_method, path) {
            Some(Found::Served(service, method)) => (&method.id, path_parameters(&service.contract, method, path)),
            other => panic!("{http_method} {path}: {other:?}"),
        }
    }

    fn values(found: &[(String, String)]) -> Vec<&str> {
        found.iter().map(|(_, value)| value.as_str()).collect()
    }

    #[test]
    fn paths_lead_to_methods_and_carry_parameters() {
        let (id, found) = served("POST", "/compute/v1/projects/p1/regions/r/instanceGroupManagers/m/resize");
        assert_eq!((id, values(&found)), ("compute.regionInstanceGroupManagers.resize", vec!["p1", "r", "m"]));
        let (id, found) = served("GET", "/compute/v1/projects/debian-cloud/global/images/family/debian-12");
        assert_eq!((id, values(&found)), ("compute.images.getFromFamily", vec!["debian-cloud", "debian-12"]));
        let (id, found) = served("GET", "/v1/projects/p1/serviceAccounts/a%40p1.iam.gserviceaccount.com");
        let name = "projects/p1/serviceAccounts/a@p1.iam.gserviceaccount.com";
        assert_eq!((id, values(&found)), ("iam.projects.serviceAccounts.get", vec![name]));
        let (id, found) = served("GET", "/v1/projects/p1/secrets/s/versions/latest:access");
        let name = "projects/p1/secrets/s/versions/latest";
        assert_eq!((id, values(&found)), ("secretmanager.projects.secrets.versions.access", vec![name]));
        let (id, found) = served("POST", "/v3/projects/p1:setIamPolicy");
        assert_eq!((id, values(&found)), ("cloudresourcemanager.projects.setIamPolicy", vec!["projects/p1"]));
        let (id, found) = served("DELETE", "/dns/v1/projects/p1/managedZones/z/rrsets/a.example./A");
        assert_eq!((id, values(&found)), ("dns.resourceRecordSets.delete", vec!["p1", "z", "a.example.", "A"]));
        let (id, found) = served("POST", "/v1/projects/p1/secrets");
        assert_eq!((id, values(&found)), ("secretmanager.projects.secrets.create", vec!["projects/p1"]));
    }

    #[test]
    fn what_google_has_is_told_from_what_nobody_has() {
        let unserved = find("GET", "/compute/v1/projects/p1/global/interconnects");
        assert!(matches!(unserved, Some(Found::Unserved(_, "compute.interconnects.list"))), "{unserved:?}");
        for path in ["/compute/v1/projects/p1/global/nothing", "/compute/v1/projects", "/", "", "/v1/projects/p1:fly"] {
            assert!(find("GET", path).is_none(), "{path}");
        }
    }
}
