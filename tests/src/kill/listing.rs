//! What an account or project holds, so that two can be compared.

use std::collections::BTreeMap;

use castra_emulator::Object;

use super::Place;

/// How many objects there are of each kind, resource and state, however they came to be. The ids are left out, since
/// they differ, unless somebody chose them; what AWS shows for a while after it is gone is left out too, and the journal, which is longer after
/// two runs than after one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing(BTreeMap<String, usize>);

impl Listing {
    /// The list of what an account or project holds.
    pub fn of(place: Place, objects: &[Object]) -> Self {
        let mut counts = BTreeMap::new();
        for object in objects.iter().filter(|object| !is_gone(object) && !is_journal(object)) {
            *counts.entry(line(place, object)).or_default() += 1;
        }
        Self(counts)
    }

    /// What is there more or less often than expected, a line each.
    pub fn differences(&self, expected: &Self) -> Vec<String> {
        let lines: std::collections::BTreeSet<&String> = self.0.keys().chain(expected.0.keys()).collect();
        let count = |listing: &Self, line: &String| listing.0.get(line).copied().unwrap_or(0);
        let differ = lines.into_iter().filter(|line| count(self, line) != count(expected, line));
        differ.map(|line| format!("{} of {line}, not {}", count(self, line), count(expected, line))).collect()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.0.values().sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_gone(object: &Object) -> bool {
    matches!(object.state.as_deref(), Some("terminated" | "deleted"))
}

fn is_journal(object: &Object) -> bool {
    object.service == "s3"
}

fn line(place: Place, object: &Object) -> String {
    let Object { service, kind, state, .. } = object;
    let what = place.title(object);
    format!("{service} {kind} {what} {}", state.as_deref().unwrap_or_default()).trim_end().to_owned()
}
