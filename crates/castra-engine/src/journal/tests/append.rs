//! Appending, whatever the store answers.

use castra_core::ErrorKind;
use futures::future::join_all;
use tokio::task::JoinSet;

use super::faults::{Fault, faulty};
use super::*;
use crate::journal::place::{Placed, place};

async fn race(store: &Store) {
    for seq in 1..=120 {
        let mut racers = JoinSet::new();
        for racer in 0..4u8 {
            let store = store.clone();
            racers.spawn(async move {
                let clock = ManualClock::jumping();
                (racer, place(&store, seq, &[racer; 200], &clock, TTL).await.unwrap())
            });
        }
        let mut placed = racers.join_all().await;
        placed.sort_by_key(|(racer, _)| *racer);
        let placed: Vec<Placed> = placed.into_iter().map(|(_, placed)| placed).collect();
        let winners: Vec<usize> = (0..4).filter(|&racer| placed[racer] == Placed::Ours).collect();
        assert_eq!(winners.len(), 1, "{placed:?}");
        assert!((0..4).all(|racer| placed[racer] == Placed::Ours || placed[racer] == Placed::Other));
        assert_eq!(store.read(seq).await.unwrap().unwrap(), [u8::try_from(winners[0]).unwrap(); 200]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_writers_never_share_a_slot_in_memory() {
    race(&Store::memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_writers_never_share_a_slot_in_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    race(&Store::open(&crate::store::StateUrl::File(directory.path().into())).await.unwrap()).await;
}

#[tokio::test]
async fn racing_writers_never_share_a_slot_on_a_bad_day() {
    let faults = [Fault::AnswerLost, Fault::RequestLost, Fault::TakenByOurselves, Fault::TakenByNobody, Fault::Blind];
    let inner = Store::memory();
    let mut seq = 0;
    for first in &faults {
        for second in &faults {
            seq += 1;
            let clock = ManualClock::jumping();
            let (one, two) =
                (faulty(&inner, vec![first.clone(), second.clone()]), faulty(&inner, vec![second.clone()]));
            let (one, two) =
                futures::join!(place(&one, seq, b"one", &clock, TTL), place(&two, seq, b"two", &clock, TTL));
            let winner: &[u8] = if one.unwrap() == Placed::Ours { b"one" } else { b"two" };
            assert_eq!(inner.read(seq).await.unwrap().unwrap(), winner, "{first:?} {second:?}");
            let lost = if winner == b"one" { two.unwrap() } else { Placed::Other };
            assert_eq!(lost, Placed::Other);
        }
    }
}

#[tokio::test]
async fn an_ambiguous_answer_is_settled_by_reading_back() {
    for fault in [Fault::AnswerLost, Fault::RequestLost, Fault::TakenByOurselves, Fault::TakenByNobody, Fault::Blind] {
        let inner = Store::memory();
        let clock = ManualClock::jumping();
        let store = faulty(&inner, vec![Fault::None, fault.clone(), fault.clone()]);
        let (journal, _) = acquire(&store, &clock).await.unwrap();
        journal.append(intent("a")).await.unwrap();
        journal.append(intent("b")).await.unwrap();
        let records = records(&inner).await;
        assert_eq!(intents(&records), ["a", "b"], "{fault:?}");
        assert_eq!(records.len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn a_torn_slot_stays_used_and_the_next_one_takes_the_record() {
    for hundredths in [0, 1, 50, 99] {
        let inner = Store::memory();
        let clock = ManualClock::jumping();
        let store = faulty(&inner, vec![Fault::Torn(hundredths), Fault::None, Fault::Torn(hundredths)]);
        let (journal, _) = acquire(&store, &clock).await.unwrap();
        journal.append(intent("a")).await.unwrap();
        journal.release().await.unwrap();
        assert_eq!(inner.list().await.unwrap(), [1, 2, 3, 4, 5]);
        assert_eq!(intents(&records(&inner).await), ["a"]);
        let history = History::read(&inner).await.unwrap();
        assert_eq!((open(&history), history.notes.len(), history.lease.is_none()), (vec!["a"], 1, true));
    }
}

#[tokio::test]
async fn a_refusal_ends_the_journal() {
    // A store that can't be read can't hold a journal, even where it can be written.
    for (fault, written) in [(Fault::Denied, vec![1]), (Fault::DeniedBlind, vec![1]), (Fault::Unreadable, vec![1, 2])] {
        let inner = Store::memory();
        let clock = ManualClock::jumping();
        let (journal, _) = acquire(&faulty(&inner, vec![Fault::None, fault.clone()]), &clock).await.unwrap();
        let began = crate::clock::Clock::monotonic(&clock);
        for _ in 0..2 {
            assert_eq!(journal.append(intent("a")).await.unwrap_err().kind(), ErrorKind::Denied, "{fault:?}");
        }
        assert_eq!(journal.gate().may_mutate().await.unwrap_err().kind(), ErrorKind::Denied, "{fault:?}");
        assert_eq!(journal.release().await.unwrap_err().kind(), ErrorKind::Denied, "{fault:?}");
        assert_eq!(inner.list().await.unwrap(), written, "{fault:?}");
        assert_eq!(crate::clock::Clock::monotonic(&clock), began, "{fault:?}: nothing is tried again");
    }
}

#[tokio::test]
async fn a_store_that_does_not_come_back_is_given_up_within_the_lease() {
    let inner = Store::memory();
    let clock = ManualClock::jumping();
    let mut faults = vec![Fault::None];
    faults.extend(vec![Fault::RequestLost; 10_000]);
    let (journal, _) = acquire(&faulty(&inner, faults), &clock).await.unwrap();
    let began = crate::clock::Clock::monotonic(&clock);
    let error = journal.append(intent("a")).await.unwrap_err();
    assert_eq!((error.kind(), error.is_temporary()), (ErrorKind::Unavailable, false));
    assert!(crate::clock::Clock::monotonic(&clock) - began <= TTL);
}

#[tokio::test]
async fn entries_of_one_moment_share_a_record() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    let names: Vec<String> = (0..100).map(|index| format!("n{index}")).collect();
    for appended in join_all(names.iter().map(|name| journal.append(intent(name)))).await {
        appended.unwrap();
    }
    let records = records(&store).await;
    assert_eq!(intents(&records).len(), 100);
    assert!(records.len() < 10, "{}", records.len());
}

#[tokio::test]
async fn notes_ride_with_the_next_record() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    journal.append(intent("a")).await.unwrap();
    journal.note(done("a"));
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert_eq!(store.list().await.unwrap(), [1, 2]);
    journal.append(intent("b")).await.unwrap();
    journal.note(done("b"));
    journal.release().await.unwrap();
    let records = records(&store).await;
    assert_eq!(records[2].entries, [done("a"), intent("b")]);
    assert_eq!(records[3].entries, [done("b"), Entry::Release]);
}

#[tokio::test]
async fn a_quiet_holder_gives_signs_of_life_and_notes_go_with_them() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    journal.note(done("a"));
    for seq in 2..5 {
        assert_eq!(store.list().await.unwrap().len(), seq - 1);
        clock.advance(TTL / 3);
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(store.list().await.unwrap().len(), seq);
    }
    let records = records(&store).await;
    assert_eq!(records[1].entries, [done("a")]);
    assert_eq!(records[2].entries, [Entry::Renew]);
    drop(journal);
}
