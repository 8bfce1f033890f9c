//! The faults in force, and what they do to calls.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{oneshot, watch};

use super::bucket::{self, Bucket};
use super::{Effect, Fault, Held, Phase, Refusal};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::log::{Entry, Outcome, Subject};

/// The faults that are in force, and the calls that they hold.
#[derive(Debug)]
pub struct Faults {
    clock: Clock,
    state: Mutex<State>,
    /// Changes when a call is held or let go.
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    numbered: u64,
    chance: Chance,
    faults: Vec<Active>,
    held: Vec<(Held, oneshot::Sender<()>)>,
}

#[derive(Debug)]
struct Active {
    id: u64,
    fault: Fault,
    passed: u64,
    befallen: u64,
    buckets: HashMap<String, Bucket>,
}

/// A fault that is in force, as [`Faults::in_force`] tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InForce {
    /// What it is removed by.
    pub id: u64,
    /// The fault.
    pub fault: Fault,
    /// How many calls it has befallen.
    pub befallen: u64,
}

/// A refusal that a fault makes, for the cloud to put in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mishap {
    Throttled,
    InternalError,
    Unavailable,
    AccessDenied,
    ExpiredCredentials,
    Refused(Refusal),
}

impl Faults {
    pub(crate) fn new(clock: Clock, seed: u64) -> Self {
        let state = State { numbered: 0, chance: Chance::of(seed, "faults"), faults: Vec::new(), held: Vec::new() };
        Self { clock, state: Mutex::new(state), changed: watch::Sender::new(0) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Puts a fault in force; returns what it is removed by. Where several befall a call all their latencies and holds
    /// apply, and of the rest the one that was put in force first.
    pub fn inject(&self, fault: Fault) -> u64 {
        let mut state = self.state();
        state.numbered += 1;
        let id = state.numbered;
        state.faults.push(Active { id, fault, passed: 0, befallen: 0, buckets: HashMap::new() });
        id
    }

    /// Ends a fault; calls that it holds go on. Whether it was in force.
    pub fn remove(&self, id: u64) -> bool {
        let mut state = self.state();
        let before = state.faults.len();
        state.faults.retain(|active| active.id != id);
        state.held.retain(|(held, _)| held.fault != id);
        let removed = state.faults.len() < before;
        drop(state);
        self.announce();
        removed
    }

    /// Ends all faults; calls that they hold go on.
    pub fn clear(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.held.clear();
        drop(state);
        self.announce();
    }

    /// The faults that are in force.
    pub fn in_force(&self) -> Vec<InForce> {
        let show = |active: &Active| InForce { id: active.id, fault: active.fault.clone(), befallen: active.befallen };
        self.state().faults.iter().map(show).collect()
    }

    /// The calls that are held now.
    pub fn held(&self) -> Vec<Held> {
        self.state().held.iter().map(|(held, _)| held.clone()).collect()
    }

    /// Waits until at least so many calls are held, and tells which.
    pub async fn until_held(&self, calls: usize) -> Vec<Held> {
        let mut changed = self.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let held = self.held();
            if held.len() >= calls {
                return held;
            }
            // The sender is ours.
            let _ = changed.changed().await;
        }
    }

    /// Waits until a call is held no longer: it was let go, or its client went away.
    pub async fn until_gone(&self, id: u64) {
        let mut changed = self.changed.subscribe();
        while self.held().iter().any(|held| held.id == id) {
            // The sender is ours.
            let _ = changed.changed().await;
        }
    }

    /// Lets a held call go on. Whether it was held.
    pub fn release(&self, id: u64) -> bool {
        let mut state = self.state();
        let before = state.held.len();
        // Dropping the sender is what lets it go.
        state.held.retain(|(held, _)| held.id != id);
        let released = state.held.len() < before;
        drop(state);
        self.announce();
        released
    }

    /// Holds the call of that record; with an outcome it is its reply that is held.
    pub(super) async fn hold(&self, fault: u64, call: &Entry, outcome: Option<&Outcome>) {
        let (release, released) = oneshot::channel();
        let _waiting = {
            let mut state = self.state();
            // The fault may have been cleared while an earlier one delayed the call.
            if !state.faults.iter().any(|active| active.id == fault) {
                return;
            }
            state.numbered += 1;
            let held = Held {
                id: state.numbered,
                fault,
                phase: if outcome.is_some() { Phase::Reply } else { Phase::Request },
                subject: call.subject.clone(),
                parameters: call.parameters.clone(),
                outcome: outcome.cloned(),
            };
            let waiting = Waiting { faults: self, id: held.id };
            state.held.push((held, release));
            waiting
        };
        self.announce();
        let _ = released.await;
    }

    /// The effects that befall a call, in the order in which their faults were put in force.
    pub(super) fn befalling(&self, subject: &Subject, parameters: &Value) -> Vec<(u64, Effect)> {
        let now = self.clock.now();
        let mut state = self.state();
        let State { faults, chance, .. } = &mut *state;
        let mut befalling = Vec::new();
        for active in faults {
            let fault = &active.fault;
            if fault.times.is_some_and(|times| active.befallen >= times) || !fault.when.covers(subject, parameters) {
                continue;
            }
            if active.passed < fault.skip {
                active.passed += 1;
                continue;
            }
            if fault.probability < 1.0 && chance.share() >= fault.probability {
                continue;
            }
            let (capacity, refill, shared) = match fault.effect {
                Effect::TokenBucket { capacity, refill, shared } => (capacity, refill, shared),
                Effect::AccountLimits => {
                    let (capacity, refill) = bucket::of_operation(&subject.operation);
                    (capacity, refill, false)
                }
                _ => (0.0, 0.0, false),
            };
            if capacity > 0.0 {
                let Subject { account, region, service, operation, .. } = subject;
                let operation = if shared { "" } else { operation };
                let key = format!("{account}/{region}/{service}/{operation}");
                let bucket = active.buckets.entry(key).or_insert_with(|| Bucket::full(capacity, now));
                if bucket.take(capacity, refill, now) {
                    continue;
                }
            }
            active.befallen += 1;
            befalling.push((active.id, fault.effect.clone()));
        }
        befalling
    }
}

/// A call that waits. It is off the list however the wait ends: a client that goes away drops it.
struct Waiting<'a> {
    faults: &'a Faults,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.faults.release(self.id);
    }
}
