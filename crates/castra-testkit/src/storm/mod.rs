//! Lives drawn by lot: clusters that are applied, scaled and destroyed in any order, by runs that are stopped, killed,
//! refused, undone and throttled, while others change things behind our back.
//!
//! `model` says what may be asked for and what stands then, without a cloud; `cast` plays it on a stage and compares;
//! `lot` draws the lives, and looks for the shortest that still goes wrong.

mod cast;
mod lot;
mod model;

pub(crate) use lot::lives;
