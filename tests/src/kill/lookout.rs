//! Having a run held at a boundary.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use castra_emulator::{Effect, Entry, Fault, Held, Matching, Outcome, Phase, Seconds};

use super::about::Names;
use super::append::RENEWAL;
use super::boundary::{JOURNAL, RENEWAL_AFTER};
use super::{Boundary, World};

/// How late all else is while a sign of life is waited for, each way half of it: later than any such sign.
const LATE: Seconds = Seconds(120.0);

/// Somebody who has each call of an operation held, and lets those go on that aren't at the boundary.
#[derive(Debug)]
pub struct Lookout<'a> {
    boundary: &'a Boundary,
    names: Names,
    /// Whether calls are held: until one is at the boundary.
    looking: Arc<AtomicBool>,
    /// Whether a sign of life is due, and all that isn't the journal's is late: a run gives one only while it waits.
    due: Arc<AtomicBool>,
    /// How many calls about the same were let go on.
    passed: u64,
}

impl<'a> Lookout<'a> {
    /// One for the processes that begin from now on.
    pub fn new(world: &World, boundary: &'a Boundary) -> Self {
        let looking = Arc::new(AtomicBool::new(true));
        let still = Arc::clone(&looking);
        let calls =
            Matching::operation(&boundary.service, &boundary.operation).when(move |_, _| still.load(Ordering::Relaxed));
        world.emulator.faults().inject(Fault::new(calls, Effect::Hold(boundary.phase)));
        let due = Arc::new(AtomicBool::new(false));
        if boundary.about.starts_with(RENEWAL_AFTER) {
            let late = Arc::clone(&due);
            let others =
                Matching::any().when(move |subject, _| late.load(Ordering::Relaxed) && subject.service != JOURNAL);
            world.emulator.faults().inject(Fault::new(others, Effect::Latency(LATE)));
        }
        Self { boundary, looking, due, names: Names::of(&world.objects()), passed: 0 }
    }

    /// Waits until a call is held at the boundary; gives all that are held then. No others will be.
    pub(super) async fn until_there(&mut self, world: &World) -> Vec<Held> {
        let faults = world.emulator.faults();
        loop {
            for held in faults.until_held(1).await {
                if self.is_there(world, &held) {
                    self.looking.store(false, Ordering::Relaxed);
                    self.due.store(false, Ordering::Relaxed);
                    return faults.held();
                }
                faults.release(held.id);
            }
        }
    }

    fn is_there(&mut self, world: &World, held: &Held) -> bool {
        // The reply of a refused call is no such boundary; whether a request will be refused can't be known yet, and
        // nothing is changed by then either way.
        if held.outcome.as_ref().is_some_and(|outcome| !matches!(outcome, Outcome::Done { .. })) {
            return false;
        }
        self.names.learn(&world.objects());
        let about = self.names.about(&held.parameters);
        if let Some(before) = self.boundary.about.strip_prefix(RENEWAL_AFTER) {
            self.due.fetch_or(about.iter().any(|about| about == before), Ordering::Relaxed);
            return about == [RENEWAL] && self.is_appended(world, before);
        }
        if !about.contains(&self.boundary.about) {
            return false;
        }
        let there = self.passed + 1 >= self.boundary.nth + self.refused(world);
        self.passed += u64::from(!there);
        there
    }

    /// Whether the journal has this entry.
    fn is_appended(&self, world: &World, entry: &str) -> bool {
        let appends = world.emulator.log(|request| {
            request.subject.service == JOURNAL && matches!(request.outcome, Outcome::Done { .. } | Outcome::Lost { .. })
        });
        appends.iter().any(|append| self.names.about(&append.parameters).iter().any(|about| about == entry))
    }

    /// How many of those that went on were refused after that. Where replies are held, refused ones aren't counted at
    /// all.
    fn refused(&self, world: &World) -> u64 {
        let Boundary { service, operation, about, phase, .. } = self.boundary;
        let refused = |entry: &Entry| {
            *phase == Phase::Request
                && entry.subject.service == *service
                && entry.subject.operation == *operation
                && matches!(entry.outcome, Outcome::Refused { .. } | Outcome::Dropped)
                && self.names.about(&entry.parameters).contains(about)
        };
        u64::try_from(world.emulator.log(refused).len()).unwrap_or(u64::MAX)
    }
}
