//! Reading whatever is there.

use castra_core::ErrorKind;

use super::*;
use crate::clock::Clock as _;

/// A journal with one intent done and one open, without its release; and its last record's slot.
async fn example() -> (Store, u64) {
    let store = Store::memory();
    let clock = ManualClock::new();
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    journal.append(intent("a")).await.unwrap();
    journal.note(done("a"));
    journal.append(intent("b")).await.unwrap();
    journal.append(intent("c")).await.unwrap();
    let last = *store.list().await.unwrap().last().unwrap();
    (store, last)
}

/// A copy of a store whose last record is replaced.
async fn with_last(store: &Store, last: u64, bytes: &[u8]) -> Store {
    let copy = Store::memory();
    for seq in 1..last {
        copy.create(seq, &store.read(seq).await.unwrap().unwrap()).await;
    }
    copy.create(last, bytes).await;
    copy
}

async fn usable(store: &Store, last: u64, open_steps: &[&str]) {
    let history = History::read(store).await.unwrap();
    assert_eq!(open(&history), open_steps);
    assert_eq!(history.next, last + 1);
    let (journal, acquired) = acquire(store, &ManualClock::new()).await.unwrap();
    assert_eq!(open(&acquired), open_steps);
    journal.append(intent("d")).await.unwrap();
    assert_eq!(store.list().await.unwrap().last(), Some(&(last + 2)));
}

#[tokio::test]
async fn an_empty_store_is_an_empty_history() {
    let history = History::read(&Store::memory()).await.unwrap();
    assert_eq!(history, History::empty(1));
}

#[tokio::test]
async fn a_last_record_torn_at_any_byte_is_skipped() {
    let (store, last) = example().await;
    let bytes = store.read(last).await.unwrap().unwrap();
    for length in 0..bytes.len() {
        let torn = with_last(&store, last, &bytes[..length]).await;
        let history = History::read(&torn).await.unwrap();
        assert_eq!((open(&history), history.next, history.notes.len()), (vec!["b"], last + 1, 1), "{length}");
        if length % 16 == 0 {
            usable(&torn, last, &["b"]).await;
        }
    }
    usable(&with_last(&store, last, &bytes).await, last, &["b", "c"]).await;
}

#[tokio::test]
async fn garbage_is_skipped_with_a_note() {
    let (store, last) = example().await;
    for garbage in [
        &b"\0\xff\xfe"[..],
        b"[]",
        b"null",
        b"{}",
        b"{\"format\":\"one\"}",
        b"{\"format\":1}",
        b"{\"format\":1,\"seq\":3,\"writer\":\"x\",\"time\":\"y\",\"cluster\":\"prod\",\"entries\":[]}",
    ] {
        let garbled = with_last(&store, last, garbage).await;
        assert_eq!(History::read(&garbled).await.unwrap().notes.len(), 1, "{garbage:?}");
        usable(&garbled, last, &["b"]).await;
    }
}

#[tokio::test]
async fn a_record_in_the_wrong_slot_is_skipped() {
    let (store, last) = example().await;
    let copied = with_last(&store, last, &store.read(last - 1).await.unwrap().unwrap()).await;
    assert_eq!(History::read(&copied).await.unwrap().notes.len(), 1);
    usable(&copied, last, &["b"]).await;
}

#[tokio::test]
async fn an_entry_of_a_later_version_is_skipped_and_the_rest_is_read() {
    let (store, last) = example().await;
    let text = String::from_utf8(store.read(last).await.unwrap().unwrap()).unwrap();
    let text = text.replace("\"entries\":[", "\"entries\":[{\"entry\":\"poem\",\"lines\":4},");
    let newer = with_last(&store, last, text.as_bytes()).await;
    assert_eq!(History::read(&newer).await.unwrap().notes.len(), 1);
    usable(&newer, last, &["b", "c"]).await;
}

#[tokio::test]
async fn what_a_newer_version_wrote_may_hold_the_lease() {
    let store = Store::memory();
    let clock = ManualClock::jumping();
    let now = crate::clock::Clock::now(&clock);
    write(&store, 1, Uuid::new_v4(), now, vec![acquisition(stranger()), intent("a"), Entry::Release]).await;
    let newer = json!({"format": 2, "seq": 2, "writer": Uuid::new_v4(), "time": now, "what": "ever"});
    store.create(2, newer.to_string().as_bytes()).await;
    let history = History::read(&store).await.unwrap();
    assert_eq!((open(&history), history.next, history.notes.len()), (vec!["a"], 3, 1));
    assert!(history.notes[0].contains("format 2"));
    assert_eq!(acquire(&store, &clock).await.unwrap_err().kind(), ErrorKind::Locked);
    clock.advance(TTL);
    let (journal, history) = acquire(&store, &clock).await.unwrap();
    assert!(journal.takeover().unwrap().possibly_running);
    assert_eq!(open(&history), ["a"]);
}

#[tokio::test]
async fn what_is_settled_is_no_longer_open() {
    let store = Store::memory();
    let (journal, _) = acquire(&store, &ManualClock::new()).await.unwrap();
    for name in ["done", "refused", "lost", "open"] {
        journal.append(intent(name)).await.unwrap();
    }
    let refused = Error::new(ErrorKind::Denied, "no");
    journal.note(done("done"));
    journal.note(failed("refused", &refused));
    journal.note(failed("lost", &refused.ambiguous()));
    journal.release().await.unwrap();
    // Of a creation that was refused an earlier call may have made something.
    assert_eq!(open(&History::read(&store).await.unwrap()), ["refused", "lost", "open"]);
    // A new run carries on what is open, and a reader needs to go back no further than its acquisition.
    let (journal, history) = acquire(&store, &ManualClock::new()).await.unwrap();
    assert_eq!(open(&history), ["refused", "lost", "open"]);
    // Absence counts from when it was lost or done; of what was neither, from when it was intended.
    let now = ManualClock::new().now();
    assert_eq!(history.intended_since(&address("lost")), Some(now));
    assert_eq!(history.intended_since(&address("done")), Some(now));
    assert_eq!(history.intended_since(&address("open")), Some(Timestamp::UNIX_EPOCH));
    assert_eq!(history.last_creation(), history.intended_since(&address("lost")));
    assert_eq!(history.intended_since(&address("unheard-of")), None);
    journal.append(done("lost")).await.unwrap();
    let (seq, last) = (history.next - 1, store.list().await.unwrap());
    let tail = Store::memory();
    for seq in seq..=*last.last().unwrap() {
        tail.create(seq, &store.read(seq).await.unwrap().unwrap()).await;
    }
    assert_eq!(open(&History::read(&tail).await.unwrap()), ["refused", "open"]);
}

#[tokio::test]
async fn a_refused_change_settles_its_own_step_and_no_other() {
    let refused = Error::new(ErrorKind::Denied, "no");
    let (early, late) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(60).unwrap());
    let step = |run: &str, name: &str, action, at| Entry::intent(run, &address(name), action, json!({}), at);
    let store = Store::memory();
    let steps = vec![
        acquisition(stranger()),
        step("run", "a", Action::Update, early),
        step("earlier", "a", Action::Update, early),
        step("run", "a", Action::Delete, early),
        step("run", "b", Action::Update, early),
        // Asked for again, which counts from then.
        step("run", "b", Action::Update, late),
        Entry::failed("run", &address("a"), Action::Update, &refused),
        Entry::Release,
    ];
    write(&store, 1, Uuid::new_v4(), late, steps).await;
    let history = History::read(&store).await.unwrap();
    let left: Vec<_> = history.open.iter().map(|open| (open.run.as_str(), open.address.name(), open.action)).collect();
    assert_eq!(left, [("earlier", "a", Action::Update), ("run", "a", Action::Delete), ("run", "b", Action::Update)]);
    assert_eq!(history.intended_since(&address("b")), Some(late));
    // Nothing was to be made, so nothing that was made can be on its way.
    assert_eq!(history.last_creation(), None);
}

#[tokio::test]
async fn a_sign_of_life_is_its_own_writers() {
    let store = Store::memory();
    let second = |count| Timestamp::from_second(count).unwrap();
    let (holder, zombie) = (Uuid::new_v4(), Uuid::new_v4());
    write(&store, 1, holder, second(1), vec![acquisition(stranger())]).await;
    write(&store, 2, holder, second(2), vec![Entry::Renew]).await;
    write(&store, 3, zombie, second(3), vec![Entry::Renew]).await;
    let lease = History::read(&store).await.unwrap().lease.unwrap();
    assert_eq!((lease.writer, lease.since, lease.last), (holder, second(1), second(2)));
}

#[tokio::test]
async fn nothing_before_the_acquisition_is_read() {
    let store = Store::memory();
    store.create(1, b"garbage").await;
    write(&store, 2, Uuid::new_v4(), Timestamp::UNIX_EPOCH, vec![acquisition(stranger())]).await;
    assert_eq!(History::read(&store).await.unwrap().notes, [""; 0]);
}

#[tokio::test]
async fn the_uid_is_in_use_from_the_first_run_to_the_destruction() {
    use castra_core::inventory::Scope;
    use castra_core::plan::{Plan, Purpose};
    let scope = Scope { provider: "metal".into(), account: "1".into(), region: "eu-west-1".into() };
    let uid = Uuid::new_v4();
    let plan = |purpose| {
        Plan {
            format: Plan::FORMAT,
            purpose,
            cluster: CLUSTER.parse().unwrap(),
            uid,
            scope: scope.clone(),
            fingerprint: String::new(),
            steps: Vec::new(),
            notes: Vec::new(),
            hash: String::new(),
        }
        .seal()
    };
    let store = Store::memory();
    for (purpose, outcome, left) in [
        (Purpose::Apply, "complete", Some(uid)),
        (Purpose::Destroy, "failed", Some(uid)),
        (Purpose::Destroy, "complete", None),
        (Purpose::Apply, "interrupted", Some(uid)),
    ] {
        let (journal, _) = acquire(&store, &ManualClock::new()).await.unwrap();
        journal.begin(&plan(purpose)).await.unwrap();
        journal.append(intent("a")).await.unwrap();
        let gone = purpose == Purpose::Destroy && outcome == "complete";
        journal.finish(&plan(purpose), outcome, gone).await;
        journal.release().await.unwrap();
        let history = History::read(&store).await.unwrap();
        assert_eq!(history.uid, left, "{purpose:?} {outcome}");
        assert_eq!(history.open.is_empty(), outcome == "complete", "{purpose:?} {outcome}");
    }
}

#[tokio::test]
async fn an_intent_from_a_clock_ahead_of_ours_is_from_now() {
    use crate::clock::Clock;
    let store = Store::memory();
    let clock = ManualClock::new();
    let ahead = clock.now() + jiff::SignedDuration::from_hours(1);
    let intent = Entry::intent("run", &address("a"), Action::Create, json!({}), ahead);
    write(&store, 1, Uuid::new_v4(), ahead, vec![acquisition(stranger()), intent, Entry::Release]).await;
    assert_eq!(History::read(&store).await.unwrap().intended_since(&address("a")), Some(ahead));
    let (_journal, history) = acquire(&store, &clock).await.unwrap();
    assert_eq!(history.intended_since(&address("a")), Some(clock.now()));
}

#[tokio::test]
async fn many_records_are_read_in_order() {
    let store = Store::memory();
    let writer = Uuid::new_v4();
    write(&store, 1, writer, Timestamp::UNIX_EPOCH, vec![acquisition(stranger())]).await;
    for seq in 2..200 {
        write(&store, seq, writer, Timestamp::UNIX_EPOCH, vec![intent(&seq.to_string())]).await;
        if seq > 2 {
            write(&store, 1000 + seq, writer, Timestamp::UNIX_EPOCH, vec![done(&(seq - 1).to_string())]).await;
        }
    }
    let history = History::read(&store).await.unwrap();
    assert_eq!((open(&history), history.next), (vec!["199"], 1200));
}

#[tokio::test]
async fn what_was_made_of_late_is_known_to_the_next_holders_until_it_is_old_or_gone() {
    let (store, clock) = (Store::memory(), ManualClock::new());
    let (journal, _) = acquire(&store, &clock).await.unwrap();
    let made = clock.now();
    for name in ["a", "b"] {
        journal.note(done(name));
    }
    journal.note(Entry::done("run", &address("b"), Action::Delete, None));
    journal.release().await.unwrap();
    let window = Duration::from_secs(30);
    let fresh = |history: &History| history.fresh(clock.now(), window).cloned().collect::<Vec<_>>();
    for _ in 0..2 {
        let (journal, history) = acquire(&store, &clock).await.unwrap();
        assert_eq!(fresh(&history), [address("a")]);
        assert_eq!(history.intended_since(&address("a")), Some(made));
        assert_eq!(history.intended_since(&address("b")), None);
        journal.release().await.unwrap();
    }
    clock.advance(window);
    assert_eq!(fresh(&History::read(&store).await.unwrap()), Vec::<Address>::new());
    clock.advance(Duration::from_secs(600) - window);
    let (_, history) = acquire(&store, &clock).await.unwrap();
    assert!(history.made.is_empty());
}
