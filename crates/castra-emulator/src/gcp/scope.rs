//! Where a resource is, and what it is called.

use std::fmt;

/// Where links to resources begin.
pub(crate) const BASE: &str = "https://www.googleapis.com/compute/v1/";

/// Where a resource is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scope {
    Global,
    Region(String),
    Zone(String),
}

/// A resource's name within its project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// As paths have it: `networks`.
    pub(crate) collection: &'static str,
    pub(crate) scope: Scope,
    pub(crate) name: String,
}

impl Scope {
    /// The region that it is in; a zone is in the region of its name's beginning.
    pub(crate) fn region(&self) -> Option<&str> {
        match self {
            Self::Global => None,
            Self::Region(region) => Some(region),
            Self::Zone(zone) => Some(region_of(zone)),
        }
    }

    /// The zone, if it is one.
    pub(crate) fn zone(&self) -> Option<&str> {
        match self {
            Self::Zone(zone) => Some(zone),
            _ => None,
        }
    }

    /// The name that logs and errors give it: a region's or a zone's, or `global`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Global => "global",
            Self::Region(name) | Self::Zone(name) => name,
        }
    }

    /// Whether a resource in `other` can be used from here: it is global, or in the same region.
    pub(crate) fn reaches(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Global) => true,
            (Self::Zone(here), Self::Zone(there)) => here == there,
            _ => self.region().is_none() || self.region() == other.region(),
        }
    }
}

/// The region of a zone, by its name: `europe-west1` of `europe-west1-b`.
pub(crate) fn region_of(zone: &str) -> &str {
    zone.rsplit_once('-').map_or(zone, |(region, _)| region)
}

impl fmt::Display for Scope {
    /// As paths have it: `regions/europe-west1`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => formatter.write_str("global"),
            Self::Region(name) => write!(formatter, "regions/{name}"),
            Self::Zone(name) => write!(formatter, "zones/{name}"),
        }
    }
}

impl Key {
    pub(crate) fn new(collection: &'static str, scope: Scope, name: &str) -> Self {
        Self { collection, scope, name: name.to_owned() }
    }

    /// Its path in a project, as errors name it: `projects/p/global/networks/n`.
    pub(crate) fn path(&self, project: &str) -> String {
        format!("projects/{project}/{}/{}/{}", self.scope, self.collection, self.name)
    }

    /// Its link.
    pub(crate) fn link(&self, project: &str) -> String {
        format!("{BASE}{}", self.path(project))
    }
}

/// A link's or a path's parts: `(project, rest)`, the rest without what names the project. Links may begin with any
/// host, as they do when a client makes them from the endpoint that it talks to; the path may leave the project out.
pub(crate) fn parse(link: &str) -> (Option<&str>, &str) {
    let path = match link.find("/compute/") {
        // The version follows.
        Some(at) => link[at + "/compute/".len()..].split_once('/').map_or("", |(_, path)| path),
        None => link,
    };
    match path.strip_prefix("projects/").and_then(|rest| rest.split_once('/')) {
        Some((project, rest)) => (Some(project), rest),
        None => (None, path),
    }
}

/// A place in a project by its path there: `global/networks/n` is in `global`, in `networks`, called `n`.
pub(crate) fn place(path: &str) -> Option<(Scope, &str, &str)> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["global", collection, name] => Some((Scope::Global, collection, name)),
        ["regions", region, collection, name] => Some((Scope::Region((*region).to_owned()), collection, name)),
        ["zones", zone, collection, name] => Some((Scope::Zone((*zone).to_owned()), collection, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_have_many_forms() {
        let n = (Scope::Global, "networks", "n");
        for link in [
            "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
            "https://compute.googleapis.com/compute/beta/projects/p/global/networks/n",
            "http://127.0.0.1:8080/compute/v1/projects/p/global/networks/n",
            "projects/p/global/networks/n",
        ] {
            let (project, path) = parse(link);
            assert_eq!((project, place(path)), (Some("p"), Some(n.clone())), "{link}");
        }
        assert_eq!(parse("global/networks/n"), (None, "global/networks/n"));
        assert_eq!(place("networks/n"), None);
        assert_eq!(place("n"), None);
    }

    #[test]
    fn regions_reach_their_zones_and_what_is_global() {
        let zone = |name: &str| Scope::Zone(name.to_owned());
        let region = |name: &str| Scope::Region(name.to_owned());
        assert!(zone("a-b1-c").reaches(&region("a-b1")));
        assert!(region("a-b1").reaches(&zone("a-b1-c")));
        assert!(region("a-b1").reaches(&Scope::Global));
        assert!(Scope::Global.reaches(&zone("a-b1-c")));
        assert!(!zone("a-b1-c").reaches(&zone("a-b1-d")));
        assert!(!region("a-b1").reaches(&region("a-b2")));
    }
}
