//! What moto cannot do.

/// The trials that don't pass on moto, each with the reason.
pub(super) const LACKS: &[(&str, &str)] = &[
    ("the_same_parameters_lead_to_the_same_object", "moto makes a second volume for the same client token"),
    (
        "a_lost_reply_makes_neither_orphan_nor_duplicate",
        "moto makes a second volume for the same client token, and keeps no target whose machine is gone",
    ),
    ("a_change_that_is_undone_leaves_all_as_before", "on moto no group grows whose template has a second version"),
    (
        "each_owned_field_changed_by_somebody_shows_and_is_mended",
        "on moto no group grows whose template has a second version, and a template's tags never change",
    ),
];
