//! Every fault at once, and what it lets a client know.

use std::io;

use castra_emulator::{Effect, Emulator, Fault, Matching, Outcome, Seconds};

use crate::client::Answer;

/// How many calls are made.
pub(super) const CALLS: usize = 10_000;

/// A generator of the test's own: linear congruential, by Knuth (MMIX).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound).unwrap()
    }
}

/// Puts every fault into force: a share of each, and `refused`, which is about an operation of the cloud's. `refill` is
/// that of the token buckets, a second of emulated time.
pub(super) fn every_fault(emulator: &Emulator, refill: f64, refused: Fault) {
    let share = |effect, share| Fault::new(Matching::any(), effect).probability(share);
    let faults = [
        share(Effect::Latency(Seconds(1.0)), 0.05),
        share(Effect::Throttle, 0.05),
        share(Effect::TokenBucket { capacity: 50.0, refill, shared: false }, 0.5),
        share(Effect::InternalError, 0.03),
        share(Effect::Unavailable, 0.03),
        share(Effect::AccessDenied, 0.01),
        share(Effect::ExpiredCredentials, 0.01),
        share(Effect::ResetBefore, 0.03),
        share(Effect::ResetAfter, 0.03),
        share(Effect::Truncate(40), 0.03),
        refused,
    ];
    for fault in faults {
        emulator.faults().inject(fault);
    }
}

/// What became of the latest call, as far as the log says: nothing if it took effect, the code of its refusal, or why
/// there was no answer. `code` reads that of an answer.
pub(super) fn refusal(
    emulator: &Emulator,
    answer: &io::Result<Answer>,
    code: impl Fn(&Answer) -> Option<String>,
) -> Option<String> {
    let entries = emulator.log(|_| true);
    assert_eq!(entries.len(), 1, "one call, one entry");
    emulator.clear_log();
    match (&entries[0].outcome, answer) {
        (Outcome::Done { status: 200 }, Ok(answer)) => {
            assert!(answer.status == 200 && answer.whole);
            None
        }
        (Outcome::Lost { status: 200 }, Err(_)) => None,
        (Outcome::Lost { status: 200 }, Ok(answer)) => {
            assert!(answer.status == 200 && !answer.whole);
            None
        }
        (Outcome::Lost { .. }, _) => Some("lost refusal".to_owned()),
        (Outcome::Dropped, Err(_)) => Some("dropped".to_owned()),
        (Outcome::Refused { status, code: said, .. }, Ok(answer)) => {
            assert_eq!((answer.status, code(answer)), (*status, Some(said.clone())));
            Some(said.clone())
        }
        (outcome, answer) => panic!("{outcome:?} does not go with {answer:?}"),
    }
}

/// Whether a refusal is a fault's, whatever the state: one of the cloud's `codes`, or that nothing came back.
pub(super) fn by_fault(refusal: &str, codes: &[&str]) -> bool {
    // What was refused and then lost too.
    codes.contains(&refusal) || ["dropped", "lost refusal"].contains(&refusal)
}
