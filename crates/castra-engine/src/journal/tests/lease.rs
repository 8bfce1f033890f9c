//! Taking, holding, losing and giving back the lease.

use castra_core::{ErrorKind, Event};
use futures::StreamExt;
use tokio::task::JoinSet;

use super::*;
use crate::clock::Clock;
use crate::events::Events;
use crate::store::StateUrl;

#[tokio::test]
async fn a_released_lease_is_free() {
    let store = Store::memory();
    let clock = ManualClock::new();
    for _ in 0..3 {
        let (journal, history) = acquire(&store, &clock).await.unwrap();
        assert!(journal.takeover().is_none() && history.settle_from.is_none());
        journal.release().await.unwrap();
        assert_eq!(journal.append(intent("late")).await.unwrap_err().kind(), ErrorKind::Fenced);
        assert_eq!(journal.gate().may_mutate().await.unwrap_err().kind(), ErrorKind::Fenced);
    }
    assert_eq!(store.list().await.unwrap().len(), 6);
}

#[tokio::test]
async fn a_live_holder_is_named() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (_journal, _) = acquire(&store, &clock).await.unwrap();
    let error = acquire(&store, &clock).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    let here = Holder::here(TTL);
    let pid = here.pid.to_string();
    for part in [here.host.as_str(), &here.user, &pid, "2027-", "last heard of 0 s ago", "61 s"] {
        assert!(error.to_string().contains(part), "{error} lacks {part}");
    }
}

#[tokio::test]
async fn a_dropped_run_frees_its_lease_for_the_same_process_at_once() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    journal.append(intent("a")).await.unwrap();
    drop(journal);
    let (journal, history) = acquire(&store, &clock).await.unwrap();
    assert_eq!(open(&history), ["a"]);
    assert!(!journal.takeover().unwrap().possibly_running);
    // What it sent last may be on its way still.
    assert_eq!(history.settle_from, Some(clock.now()));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_dead_process_of_this_host_is_displaced_at_once() {
    let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let started = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
    let holder = Holder { pid: child.id(), started: Some(started), process: Uuid::new_v4(), ..Holder::here(TTL) };
    let store = Store::memory();
    let clock = ManualClock::new();
    write(&store, 1, Uuid::new_v4(), clock.now(), vec![acquisition(holder.clone()), intent("a")]).await;
    let error = acquire(&store, &clock).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked, "it is alive: {error}");
    child.kill().unwrap();
    child.wait().unwrap();
    let (events, stream) = Events::channel();
    let session = Session::default().events(events);
    let (journal, history) = acquire_with(&store, &clock, &LeaseOptions::default(), &session).await.unwrap();
    let takeover = journal.takeover().unwrap();
    assert_eq!((&takeover.holder, takeover.possibly_running), (&holder, false));
    // What it sent last may be on its way still.
    assert_eq!(history.settle_from, Some(clock.now()));
    let gone = format!("took the lease over from a run that is gone: {holder}");
    assert_eq!(messages(session, stream).await, [gone]);
}

/// What was said about the lease.
async fn messages(session: Session, stream: impl futures::Stream<Item = Event>) -> Vec<String> {
    drop(session);
    let message = |event| match event {
        Event::Lease { message } => message,
        other => panic!("{other:?}"),
    };
    stream.map(message).collect().await
}

#[tokio::test]
async fn a_silent_stranger_is_displaced_after_its_ttl_of_our_own_time() {
    let hour = jiff::SignedDuration::from_hours(1);
    // A clock an hour behind ours, or silent for an hour; one an hour ahead: we can't know, and watch.
    for (ttl, off) in [(TTL, -hour), (TTL, hour), (TTL / 10, -hour)] {
        let store = Store::memory();
        let clock = ManualClock::jumping();
        let holder = Holder { ttl_ms: u64::try_from(ttl.as_millis()).unwrap(), ..stranger() };
        write(&store, 1, Uuid::new_v4(), clock.now() + off, vec![acquisition(holder.clone()), intent("a")]).await;
        let (events, stream) = Events::channel();
        let session = Session::default().events(events);
        let began = clock.monotonic();
        let (journal, history) = acquire_with(&store, &clock, &LeaseOptions::default(), &session).await.unwrap();
        let waited = clock.monotonic() - began;
        assert!(waited >= ttl && waited <= ttl + ttl / 12, "{waited:?}");
        let takeover = journal.takeover().unwrap();
        assert_eq!((&takeover.holder, takeover.possibly_running), (&holder, true));
        let said = messages(session, stream).await;
        assert_eq!(
            said,
            [
                format!("another run has left the lease and may be gone: {holder}; watching for {} s", ttl.as_secs()),
                format!("took the lease over from a run that was silent: {holder}")
            ]
        );
        // What it left open isn't looked into before anything that it still had in flight has ended.
        let settle_from = history.settle_from.unwrap();
        assert_eq!(settle_from, crate::clock::later(clock.now(), ttl + Duration::from_secs(30)));
        assert_eq!(history.intended_since(&address("a")), Some(settle_from));
        assert_eq!(history.intended_since(&address("b")), None);
    }
}

#[tokio::test]
async fn what_a_displaced_run_may_have_in_flight_outlives_those_who_displaced_it() {
    let store = Store::memory();
    let clock = ManualClock::jumping();
    let hour_ago = clock.now() - jiff::SignedDuration::from_hours(1);
    write(&store, 1, Uuid::new_v4(), hour_ago, vec![acquisition(stranger()), intent("a")]).await;
    let (journal, history) = acquire(&store, &clock).await.unwrap();
    let settle_from = history.settle_from.unwrap();
    let until = |clock: &ManualClock| Duration::try_from(settle_from.duration_since(clock.now())).unwrap();
    drop(journal);
    clock.advance(until(&clock) / 2);
    let (journal, history) = acquire(&store, &clock).await.unwrap();
    assert_eq!(history.settle_from, Some(settle_from), "one that is gone has less in flight");
    journal.release().await.unwrap();
    clock.advance(until(&clock) / 2);
    let (journal, history) = acquire(&store, &clock).await.unwrap();
    assert_eq!(history.settle_from, Some(settle_from), "a release doesn't recall what another sent");
    journal.release().await.unwrap();
    clock.advance(until(&clock));
    assert_eq!(acquire(&store, &clock).await.unwrap().1.settle_from, None);
}

#[tokio::test]
async fn a_sign_of_life_while_we_watch_is_respected() {
    let store = Store::memory();
    let clock = ManualClock::jumping();
    let writer = Uuid::new_v4();
    let hour_ago = clock.now() - jiff::SignedDuration::from_hours(1);
    write(&store, 1, writer, hour_ago, vec![acquisition(stranger())]).await;
    let holder = async {
        for seq in 2..12 {
            clock.sleep(TTL / 2).await;
            write(&store, seq, writer, hour_ago, vec![Entry::Renew]).await;
        }
        clock.monotonic()
    };
    let began = clock.monotonic();
    let (last_sign, acquired) = futures::join!(holder, acquire(&store, &clock));
    acquired.unwrap();
    assert!(clock.monotonic() - began >= TTL / 2 * 10 + TTL);
    assert!(clock.monotonic() - last_sign >= TTL);
}

#[tokio::test]
async fn standing_in_line_ends_with_the_release_or_with_patience() {
    let store = Store::memory();
    let clock = ManualClock::jumping();
    let options = LeaseOptions { wait: Duration::from_secs(600), ..LeaseOptions::default() };
    let (first, _) = acquire(&store, &clock).await.unwrap();
    let release = async {
        clock.sleep(Duration::from_secs(300)).await;
        first.release().await.unwrap();
    };
    let (events, stream) = Events::channel();
    let session = Session::default().events(events);
    let ((), second) = futures::join!(release, acquire_with(&store, &clock, &options, &session));
    let (second, _) = second.unwrap();
    assert!(second.takeover().is_none());
    let began = clock.monotonic();
    let error = acquire_with(&store, &clock, &options, &session).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    let waited = clock.monotonic() - began;
    assert!(waited >= options.wait && waited < options.wait + Duration::from_secs(10), "{waited:?}");
    // Said once each time, however often the journal is looked at.
    let waiting = format!("waiting for another run to finish: {}", Holder::here(TTL));
    assert_eq!(messages(session, stream).await, [waiting.clone(), waiting]);
}

#[tokio::test]
async fn standing_in_line_ends_when_asked_to_stop() {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (_journal, _) = acquire(&store, &clock).await.unwrap();
    let options = LeaseOptions { wait: Duration::from_secs(600), ..LeaseOptions::default() };
    let session = Session::default();
    let mut waiting = Box::pin(acquire_with(&store, &clock, &options, &session));
    assert!(futures::poll!(&mut waiting).is_pending());
    session.cancel.graceful();
    assert_eq!(waiting.await.unwrap_err().kind(), ErrorKind::Interrupted);
}

#[tokio::test]
async fn a_displaced_holder_is_fenced() {
    let store = Store::memory();
    // The first one's time stands still, as a suspended machine's does, so it gives no sign of life.
    let (suspended, clock) = (ManualClock::new(), ManualClock::jumping());
    let (zombie, _) = acquire(&store, &suspended).await.unwrap();
    zombie.append(intent("a")).await.unwrap();
    clock.advance(TTL * 2);
    let (owner, history) = acquire(&store, &clock).await.unwrap();
    assert!(owner.takeover().unwrap().possibly_running);
    assert_eq!(open(&history), ["a"]);
    let before = store.list().await.unwrap();
    assert_eq!(zombie.append(intent("b")).await.unwrap_err().kind(), ErrorKind::Fenced);
    assert_eq!(zombie.gate().may_mutate().await.unwrap_err().kind(), ErrorKind::Fenced);
    assert_eq!(zombie.release().await.unwrap_err().kind(), ErrorKind::Fenced);
    assert_eq!(store.list().await.unwrap(), before);
    owner.append(intent("c")).await.unwrap();
    assert_eq!(intents(&records(&store).await), ["a", "c"]);
}

async fn race(store: &Store, rounds: usize) {
    let clock = ManualClock::new();
    for round in 0..rounds {
        let mut racers = JoinSet::new();
        for _ in 0..4 {
            let (store, clock) = (store.clone(), clock.clone());
            racers.spawn(async move { acquire(&store, &clock).await });
        }
        let mut winners = Vec::new();
        for outcome in racers.join_all().await {
            match outcome {
                Ok((journal, _)) => winners.push(journal),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Locked),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        if round % 2 == 0 {
            winners[0].release().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_challengers_one_gets_the_lease() {
    race(&Store::memory(), 150).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_challengers_one_gets_the_lease_in_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    race(&Store::open(&StateUrl::File(directory.path().into())).await.unwrap(), 60).await;
}

#[tokio::test]
async fn another_clusters_store_is_a_conflict() {
    let store = Store::memory();
    let clock = ManualClock::new();
    acquire(&store, &clock).await.unwrap();
    let other = "other".parse().unwrap();
    let error = Journal::acquire(store, &other, Arc::new(clock), &LeaseOptions::default(), &Session::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("prod") && error.message().contains("other"));
}

#[tokio::test]
async fn a_lease_shorter_than_a_call_is_refused() {
    let options = LeaseOptions { ttl: Duration::from_secs(30), ..LeaseOptions::default() };
    let error = acquire_with(&Store::memory(), &ManualClock::new(), &options, &Session::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
