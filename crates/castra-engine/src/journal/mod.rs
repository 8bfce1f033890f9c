//! The journal: one sequence of small immutable records per cluster, for ever.
//!
//! A record is written by creating a slot that must not exist yet, so that an append *is* the compare-and-swap: of
//! two writers one wins the slot, and the other one knows. The lease lives in the same sequence, and so does what a
//! run intended and what came of it. Losing the journal loses nothing that a survey doesn't find again; having it
//! tells a new run what an earlier one may have left on its way.

mod entry;
mod gate;
mod handle;
mod history;
mod holder;
mod lease;
mod place;
mod record;
mod writer;

#[cfg(test)]
mod tests;

pub use entry::{Entry, OpenIntent};
pub use handle::Journal;
pub use history::{History, Lease};
pub use holder::Holder;
pub use lease::{LeaseOptions, Takeover};
