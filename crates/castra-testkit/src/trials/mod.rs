//! The trials, and which promise each checks.

mod engine;
mod failures;
mod kinds;
mod observers;
mod ours;
mod seams;
mod steps;

#[cfg(test)]
mod tests;

use crate::suite::Promise;

macro_rules! promises {
    ($($module:ident::$name:ident: $($bullet:literal),+;)*) => {
        /// Every promise, in the order of the traits.
        pub(crate) const PROMISES: &[Promise] = &[
            $(Promise { name: stringify!($name), bullets: &[$($bullet),+], run: |play| Box::pin($module::$name(play)) },)*
        ];
    };
}

promises! {
    observers::scope_is_one_call:
        "One call.";
    observers::survey_calls_depend_on_kinds_not_on_nodes:
        "The number of calls depends on the number of kinds, never on the number of nodes.";
    observers::survey_finds_ours_without_a_journal:
        "Finds what is ours by owner tag or derived name, without a journal.",
        "Losing the journal loses nothing: the plan is the same without it.";
    observers::survey_reports_strangers:
        "Reports what is foreign and stands where ours should.";
    observers::survey_changes_nothing:
        "Changes nothing: a client that refuses to write makes every call.";
    observers::survey_collects_every_contradiction:
        "What the cloud contradicts in the spec is in [`Inventory::problems`], all of it.";
    observers::clusters_calls_depend_on_kinds_not_on_clusters:
        "The number of calls depends on the number of kinds, and on how many objects fill a page, never on the number of clusters.",
        "Changes nothing: a client that refuses to write makes every call.";
    observers::clusters_names_whatever_the_survey_finds:
        "Names every cluster of which [`Observer::survey`] finds something that is ours, an anchor alone among it.",
        "May name one of which nothing is left: the survey tells.";
    observers::clusters_names_none_of_another_region:
        "Names none whose objects are all in another region.";
    observers::catalogue_leaves_unknown_types_out:
        "An unknown type is left out, not an error.";

    seams::a_run_without_the_lease_changes_nothing:
        "A mutating call is sent only while the run holds its lease.",
        "One run at a time: a second one is refused with who holds the lease, and changes nothing.";
    seams::a_throttled_call_is_made_again:
        "A throttled attempt drains the service's rate limit, and is made again after the cloud's own delay or a jittered one.";
    seams::what_may_have_taken_effect_is_looked_for_before_it_is_asked_again:
        "A temporary failure is tried again, but never where an unrepeatable call may have taken effect.",
        "A creation whose reply was lost is looked for before it is made again: through a window of its own where the cloud would make a second object.";
    seams::a_second_request_to_stop_ends_every_wait:
        "A second request to stop ends every sleep with [`ErrorKind::Interrupted`].";

    kinds::find_sees_what_another_process_made:
        "Finds what [`Kind::create`] made, once the cloud shows it, from any process.";
    kinds::a_name_taken_by_a_stranger_is_a_conflict:
        "Something that isn't ours but has our name is found as [`Ownership::Foreign`].",
        "[`ErrorKind::AlreadyExists`] when the name is taken.",
        "A name that is taken by something that isn't ours is [`ErrorKind::Conflict`].";
    kinds::what_is_created_carries_its_owner:
        "The first call that makes the object carries its owner's tags, where the cloud can.";
    kinds::the_same_parameters_lead_to_the_same_object:
        "The same parameters in another process lead to the same object (classes A and B).";
    kinds::ready_means_in_service:
        "Returns only when the object is in service, as a survey sees it.";
    kinds::ready_gives_up_and_says_what_it_saw:
        "Bounded; the error of a wait that gave up says what was seen last and why.";
    kinds::deleting_what_is_gone_is_no_error:
        "Something that is gone already, or going, is no error.";
    kinds::deleting_what_is_in_use_is_refused:
        "Still in use is [`ErrorKind::InUse`], which is tried again until a deadline and then names the user.";

    steps::absence_counts_only_after_the_window:
        "`live` is what the run's own survey found; without it the object is looked for where an earlier creation may have happened (`settle`), and made only when it stayed absent through the window.";
    steps::every_step_can_run_twice:
        "Running it twice is the same as running it once.";

    engine::planning_changes_nothing:
        "Calls nothing that could write, and takes no lease.";
    engine::after_an_apply_the_plan_is_empty:
        "After a complete apply nothing is left to do.";
    ours::each_owned_field_changed_by_somebody_shows_and_is_mended:
        "A field that somebody changed shows as exactly that, and applying mends it.";
    ours::strangers_are_refused_and_stay:
        "What isn't ours and stands in the way is refused before anything is changed, and stays as it is.";
    ours::a_protected_cluster_stays:
        "A protected cluster isn't destroyed.";
    engine::scales_up_and_down:
        "Another number of secondaries changes the pool and leaves everything else.";
    engine::a_destroy_needs_only_the_name:
        "A destroy needs the name alone, and leaves nothing behind.";
    engine::deletions_follow_use:
        "Deletions follow use: none is asked for while another object of the cluster stands in its way.";
    engine::the_same_name_can_be_applied_again_at_once:
        "An object on its way out is not found.",
        "After a destroy the same name can be applied again at once.";
    failures::a_refused_call_fails_its_step_and_the_next_run_goes_on:
        "A call that is refused fails its step, which the outcome names, and the next apply goes on from there.";
    failures::credentials_that_end_leave_what_the_next_run_finishes:
        "Credentials that end in the middle leave what the next apply finishes.";
    failures::a_lost_reply_makes_neither_orphan_nor_duplicate:
        "A lost reply, whichever it is, makes neither an orphan nor a duplicate.";
    failures::a_run_dropped_before_any_change_is_finished_by_the_next:
        "Dropping the future at any point is the same as killing the process: nothing goes on in the background, and the next apply or destroy finishes the work.";
    failures::a_run_dropped_after_any_change_is_finished_by_the_next:
        "Dropping the future at any point is the same as killing the process: nothing goes on in the background, and the next apply or destroy finishes the work.";
    failures::a_run_dropped_at_any_await_is_finished_by_the_next:
        "Dropping the future at any point is the same as killing the process: nothing goes on in the background, and the next apply or destroy finishes the work.";
    failures::a_change_that_is_undone_leaves_all_as_before:
        "With [`OnFailure::Undo`] a run that fails leaves everything as it was before.";
    failures::lives_drawn_by_lot_leave_no_phantom_and_no_orphan:
        "Whatever is asked for in whatever order, and however runs end: a plan takes nothing for there that isn't, a complete run leaves what it was asked for and nothing else, and no run takes a primary out of service that it need not replace.";
}
