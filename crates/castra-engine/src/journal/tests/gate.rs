//! Whether changes may still be sent.

use castra_core::ErrorKind;

use super::faults::{Fault, faulty};
use super::*;

#[tokio::test]
async fn the_gate_is_open_while_the_lease_is_fresh() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    let gate = journal.gate();
    for _ in 0..5 {
        gate.may_mutate().await.unwrap();
    }
    assert_eq!(store.list().await.unwrap().len(), 1, "asking writes nothing");
}

#[tokio::test]
async fn after_a_suspension_the_lease_is_renewed_before_anything_is_changed() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    let gate = journal.gate();
    clock.suspend(Duration::from_secs(29));
    gate.may_mutate().await.unwrap();
    // A call that begins 30 seconds after the last record may end when the lease does: that is too late already.
    for asleep in [Duration::from_secs(1), Duration::from_secs(3600)] {
        let before = store.list().await.unwrap().len();
        clock.suspend(asleep);
        gate.may_mutate().await.unwrap();
        assert!(store.list().await.unwrap().len() > before, "{asleep:?}");
    }
}

#[tokio::test]
async fn after_a_suspension_a_displaced_run_finds_the_gate_shut() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, history) = acquire(&store, &clock).await.unwrap();
    write(&store, history.next, Uuid::new_v4(), Timestamp::UNIX_EPOCH, vec![acquisition(stranger())]).await;
    journal.gate().may_mutate().await.unwrap();
    clock.suspend(Duration::from_secs(31));
    assert_eq!(journal.gate().may_mutate().await.unwrap_err().kind(), ErrorKind::Fenced);
    clock.set_back(Duration::from_secs(31));
    assert_eq!(journal.gate().may_mutate().await.unwrap_err().kind(), ErrorKind::Fenced, "once shut, it stays shut");
}

#[tokio::test]
async fn without_its_store_a_run_changes_nothing_more() {
    let inner = Store::memory();
    let clock = ManualClock::jumping();
    let mut faults = vec![Fault::None];
    faults.extend(vec![Fault::RequestLost; 10_000]);
    let (journal, _) = acquire(&faulty(&inner, faults), &clock).await.unwrap();
    clock.suspend(Duration::from_secs(31));
    let error = journal.gate().may_mutate().await.unwrap_err();
    assert_eq!((error.kind(), error.is_temporary()), (ErrorKind::Unavailable, false));
}

#[tokio::test]
async fn the_gate_is_shut_once_the_journal_is_dropped() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    let gate = journal.gate();
    drop(journal);
    assert_eq!(gate.may_mutate().await.unwrap_err().kind(), ErrorKind::Fenced);
}
