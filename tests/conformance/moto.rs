//! What moto cannot do.

/// The trials that don't pass on moto, each with the reason.
pub(super) const LACKS: &[(&str, &str)] = &[
    ("the_same_parameters_lead_to_the_same_object", "moto makes a second object for the same client token"),
    ("every_step_can_run_twice", "moto makes a second object for the same client token"),
    ("a_lost_reply_makes_neither_orphan_nor_duplicate", "moto makes a second object for the same client token"),
    (
        "what_may_have_taken_effect_is_looked_for_before_it_is_asked_again",
        "moto makes a second object for the same client token",
    ),
    ("deleting_what_is_in_use_is_refused", "moto lets most of what is in use go"),
    ("ready_gives_up_and_says_what_it_saw", "on moto everything is in service at once"),
    ("a_second_request_to_stop_ends_every_wait", "on moto nothing is waited for"),
];
