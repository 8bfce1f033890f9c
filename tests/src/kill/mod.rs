//! Runs that are killed: child processes that work on an emulator in this one, which holds a request or a reply while
//! they die.
//!
//! The journal is kept in S3 on that same emulator, whichever the cloud is. So its appends are requests like any other: one log tells all
//! boundaries in order, one mechanism holds each, and one snapshot brings world and journal back together.
//!
//! A boundary lies before or after a request that can change something, be it the world or the journal. Between two
//! such there is nothing that a kill could leave differently: whatever the run reads there, and whatever it does with
//! an answer, is gone with it. "After the reply" of a call is therefore "before the request" of whatever the run
//! changes next. A boundary is known by what its request is about, so that each run has it.

mod about;
mod append;
mod boundary;
mod child;
mod clock;
mod control;
mod listing;
mod lookout;
mod operation;
mod place;
mod process;
mod storm;
mod sweep;
mod trial;
mod world;

pub use boundary::Boundary;
pub use child::{Report, child};
pub use clock::ServedClock;
pub use control::Control;
pub use listing::Listing;
pub use lookout::Lookout;
pub use operation::Operation;
pub use place::Place;
pub use process::Process;
pub use storm::{Seed, storm};
pub use sweep::{Tally, each};
pub use trial::{Calm, Came, Death, try_at, until_held};
pub use world::{Start, World};
