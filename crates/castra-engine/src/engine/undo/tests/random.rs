//! Any change, with any step of it or of its undo failing.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::clock::ManualClock;

/// What a thing has: a value, and by index those before it that it needs.
type Thing = (u32, Vec<bool>);

/// What there is, what is wanted, and what goes wrong.
type Change = (Vec<Thing>, Vec<Thing>, Vec<(bool, usize, bool)>);

/// Up to six things before, more of them after, with other values and needs; and which operations fail, once each.
fn change() -> impl Strategy<Value = Change> {
    let things = |count| proptest::collection::vec((0..3u32, proptest::collection::vec(any::<bool>(), 6)), count);
    let faults = proptest::collection::vec((any::<bool>(), 0..6usize, any::<bool>()), 0..4);
    (0..4usize, 0..3usize)
        .prop_flat_map(move |(before, more)| (things(before..=before), things(before + more..=before + more)))
        .prop_flat_map(move |(before, after)| (Just(before), Just(after), faults.clone()))
}

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn want(setup: &Setup, things: &[Thing]) {
    let needs: Vec<Vec<&str>> = things
        .iter()
        .enumerate()
        .map(|(index, (_, needs))| (0..index).filter(|before| needs[*before]).map(|before| NAMES[before]).collect())
        .collect();
    let wanted: Vec<(&str, u32, u32, &[&str])> = things
        .iter()
        .zip(&needs)
        .enumerate()
        .map(|(index, ((value, _), needs))| (NAMES[index], *value, 1, needs.as_slice()))
        .collect();
    setup.backend.want(&wanted);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn it_is_all_done_or_all_as_before_or_said((before, after, faults) in change()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut setup = Setup::new();
            // The fake shows everything at once, so that nothing else tells the time.
            setup.engine = setup.engine.with_clock(Arc::new(ManualClock::jumping()));
            want(&setup, &before);
            assert!(matches!(setup.apply().await, Outcome::Complete));
            let world = setup.all();
            want(&setup, &after);
            for (create, index, undo) in &faults {
                let operation = match (create, undo) {
                    (true, false) => "Create",
                    (false, false) => "Update",
                    (_, true) => "Delete",
                };
                setup.backend.cloud.fail(&format!("{operation} {}", NAMES[*index]), Fault::Refuse);
            }
            let applied = setup.apply_or_undo().await;
            match &applied.outcome {
                Outcome::Complete => assert_eq!(setup.all().len(), after.len()),
                Outcome::Failed(errors) => {
                    assert!(!errors.is_empty());
                    assert_eq!(setup.all(), world);
                    assert!(setup.history().await.open.is_empty());
                }
                Outcome::Stuck { what, .. } => {
                    let now = setup.all();
                    // What isn't named is as it was.
                    for (id, object) in &now {
                        let named = what.iter().any(|left| left.id.as_ref() == Some(id));
                        assert!(named || world.get(id) == Some(object), "{id} {object:?}");
                    }
                    assert!(world.keys().all(|id| now.contains_key(id)));
                }
                other => panic!("{other:?}"),
            }
            setup.backend.cloud.world().faults.clear();
            assert!(matches!(setup.apply().await, Outcome::Complete));
            assert_eq!(setup.all().len(), after.len());
        });
    }
}
