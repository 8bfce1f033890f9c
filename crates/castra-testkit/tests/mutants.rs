//! The suite on a toy: as it should be it passes everything; with a flaw it fails, by the name of what it breaks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod toy;

use castra_testkit::{Verdict, promises, run};
use toy::{Flaw, Player};

/// The trials that don't pass, with what they say.
fn broken(flaw: Option<Flaw>) -> Vec<(&'static str, String)> {
    let player = Player(flaw);
    let verdicts = promises().iter().map(|promise| (promise.name, run(&player, promise)));
    verdicts
        .filter_map(|(name, verdict)| match verdict {
            Verdict::Kept => None,
            Verdict::Broken(what) => Some((name, what)),
            Verdict::Ignored(why) => Some((name, format!("ignored: {why}"))),
        })
        .collect()
}

/// The suite fails in these trials and in no other.
fn fails(flaw: Flaw, expected: &[&str]) {
    let broken = broken(Some(flaw));
    let names: Vec<&str> = broken.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, expected, "{broken:#?}");
}

#[test]
fn the_toy_as_it_should_be_keeps_every_promise_and_none_is_ignored() {
    let broken = broken(None);
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_token_that_is_another_after_a_restart() {
    fails(Flaw::TokenOfTheProcess, &["the_same_parameters_lead_to_the_same_object"]);
}

#[test]
fn an_object_that_is_made_first_and_tagged_then() {
    let expected = [
        "what_may_have_taken_effect_is_looked_for_before_it_is_asked_again",
        "what_is_created_carries_its_owner",
        "a_refused_call_fails_its_step_and_the_next_run_goes_on",
        "credentials_that_end_leave_what_the_next_run_finishes",
        "a_lost_reply_makes_neither_orphan_nor_duplicate",
        "a_run_dropped_before_any_change_is_finished_by_the_next",
        "a_run_dropped_after_any_change_is_finished_by_the_next",
        "lives_drawn_by_lot_leave_no_phantom_and_no_orphan",
    ];
    fails(Flaw::UntaggedCreate, &expected);
}

#[test]
fn an_error_that_is_taken_for_success() {
    let expected =
        ["a_refused_call_fails_its_step_and_the_next_run_goes_on", "lives_drawn_by_lot_leave_no_phantom_and_no_orphan"];
    fails(Flaw::SwallowedError, &expected);
}

#[test]
fn a_wait_that_is_missing() {
    let expected = [
        "ready_means_in_service",
        "after_an_apply_the_plan_is_empty",
        "lives_drawn_by_lot_leave_no_phantom_and_no_orphan",
    ];
    fails(Flaw::MissingWait, &expected);
}

#[test]
fn deletions_in_the_wrong_order() {
    fails(Flaw::WrongOrder, &["deletions_follow_use"]);
}

#[test]
fn a_change_in_place_that_restarts_a_server() {
    fails(Flaw::Restart, &["lives_drawn_by_lot_leave_no_phantom_and_no_orphan"]);
}
