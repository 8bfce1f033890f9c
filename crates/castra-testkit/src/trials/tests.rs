//! Every promise has its trial, and every trial its promise.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use super::PROMISES;

/// The sources whose promises are a backend's, or the engine's together with one.
const SOURCES: [&str; 5] = [
    include_str!("../../../castra-core/src/backend.rs"),
    include_str!("../../../castra-core/src/context.rs"),
    include_str!("../../../castra-core/src/resource/kind.rs"),
    include_str!("../../../castra-core/src/resource/node.rs"),
    include_str!("../../../castra-engine/src/engine.rs"),
];

/// The bullets under each *Behaviour* of a source's documentation, each in one line.
fn bullets(source: &str) -> Vec<String> {
    let (mut bullets, mut under): (Vec<String>, bool) = (Vec::new(), false);
    for line in source.lines() {
        let Some(text) = line.trim_start().strip_prefix("///") else {
            under = false;
            continue;
        };
        match text.trim() {
            "*Behaviour*" => under = true,
            _ if !under => {}
            text if text.starts_with("- ") => bullets.push(text[2..].to_owned()),
            text if text.is_empty() || text.starts_with('#') => under = false,
            more => {
                let last = bullets.last_mut().unwrap();
                last.push(' ');
                last.push_str(more);
            }
        }
    }
    bullets
}

#[test]
fn every_promise_has_a_trial_and_every_trial_a_promise() {
    let promised: BTreeSet<String> = SOURCES.iter().flat_map(|source| bullets(source)).collect();
    assert!(promised.len() > 30, "{promised:?}");
    let tried: BTreeSet<String> =
        PROMISES.iter().flat_map(|promise| promise.bullets).map(|bullet| (*bullet).to_owned()).collect();
    let untried: Vec<_> = promised.difference(&tried).collect();
    assert!(untried.is_empty(), "promised and not tried: {untried:#?}");
    let unpromised: Vec<_> = tried.difference(&promised).collect();
    assert!(unpromised.is_empty(), "tried and not promised: {unpromised:#?}");
}

#[test]
fn trials_have_names_of_their_own() {
    let names: BTreeSet<&str> = PROMISES.iter().map(|promise| promise.name).collect();
    assert_eq!(names.len(), PROMISES.len());
}

#[test]
fn the_readme_lists_every_trial_and_no_other() {
    let readme = include_str!("../../README.md");
    let listed: Vec<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("- `")?.split_once('`')).map(|(name, _)| name).collect();
    let names: Vec<&str> = PROMISES.iter().map(|promise| promise.name).collect();
    assert_eq!(listed, names);
}
