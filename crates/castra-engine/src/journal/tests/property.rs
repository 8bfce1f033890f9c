//! Whatever a store does, the history that can be read is what was acknowledged.

use proptest::prelude::*;

use super::faults::{Fault, faulty};
use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// Intents of one moment.
    Intend(usize),
    /// The oldest step that is under way is done.
    Finish,
    /// Time passes.
    Pass(u64),
    /// The run is dropped, and another one begins.
    Drop,
    /// The run ends, and another one begins.
    Release,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        2 => Just(Fault::AnswerLost),
        2 => Just(Fault::RequestLost),
        2 => Just(Fault::TakenByOurselves),
        2 => Just(Fault::TakenByNobody),
        2 => (0usize..100).prop_map(Fault::Torn),
        2 => Just(Fault::Blind),
        1 => Just(Fault::Denied),
        1 => Just(Fault::DeniedBlind),
        1 => Just(Fault::Unreadable),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1usize..4).prop_map(Step::Intend),
        4 => Just(Step::Finish),
        1 => (1u64..100).prop_map(Step::Pass),
        1 => Just(Step::Drop),
        1 => Just(Step::Release),
    ]
}

/// What is known to be in the journal, and what may be.
#[derive(Default)]
struct Known {
    named: usize,
    open: Vec<String>,
    unsure: Vec<String>,
    noted: Vec<String>,
}

async fn run(faults: Vec<Fault>, steps: Vec<Step>) -> std::result::Result<(), TestCaseError> {
    let inner = Store::memory();
    let store = faulty(&inner, faults);
    let clock = ManualClock::jumping();
    let mut known = Known::default();
    let mut journal = None;
    for step in steps {
        let held = match journal.take() {
            Some(held) => held,
            None => match acquire(&store, &clock).await {
                Ok((held, history)) => {
                    known.check(&history)?;
                    held
                }
                Err(_) => continue,
            },
        };
        journal = known.step(held, step, &clock).await;
    }
    drop(journal);
    let slots = inner.list().await.unwrap();
    prop_assert_eq!(&slots, &(1..=slots.len() as u64).collect::<Vec<_>>(), "no slot is left out");
    known.check(&History::read(&inner).await.unwrap())
}

impl Known {
    async fn step(&mut self, journal: Journal, step: Step, clock: &ManualClock) -> Option<Journal> {
        match step {
            Step::Intend(count) => {
                let names: Vec<String> = (0..count).map(|index| format!("n{}", self.named + index)).collect();
                self.named += count;
                let appends = names.iter().map(|name| journal.append(intent(name)));
                let results = futures::future::join_all(appends).await;
                let acknowledged = results.iter().all(Result::is_ok);
                for (name, result) in names.into_iter().zip(&results) {
                    if result.is_ok() { self.open.push(name) } else { self.unsure.push(name) }
                }
                // What was noted before went along, or nobody knows.
                if acknowledged {
                    self.noted.clear();
                } else {
                    self.unsure.append(&mut self.noted);
                }
                acknowledged.then_some(journal)
            }
            Step::Finish => {
                if !self.open.is_empty() {
                    let name = self.open.remove(0);
                    journal.note(done(&name));
                    self.noted.push(name);
                }
                Some(journal)
            }
            Step::Pass(seconds) => {
                clock.advance(Duration::from_secs(seconds));
                // A sign of life may now take what was noted along at any time.
                self.unsure.append(&mut self.noted);
                Some(journal)
            }
            Step::Drop => {
                self.unsure.append(&mut self.noted);
                None
            }
            Step::Release => {
                if journal.release().await.is_ok() {
                    self.noted.clear();
                } else {
                    self.unsure.append(&mut self.noted);
                }
                None
            }
        }
    }

    /// What is open is exactly what was acknowledged and not done, give or take what nobody can be sure of.
    fn check(&self, history: &History) -> std::result::Result<(), TestCaseError> {
        let mut sure: Vec<&str> =
            open(history).into_iter().filter(|name| !self.unsure.iter().any(|unsure| unsure == name)).collect();
        sure.sort_unstable();
        let mut expected: Vec<&str> = self.open.iter().chain(&self.noted).map(String::as_str).collect();
        expected.sort_unstable();
        prop_assert_eq!(sure, expected);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_history_is_what_was_acknowledged(
        faults in prop::collection::vec(fault(), 0..40),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(run(faults, steps))?;
    }
}
