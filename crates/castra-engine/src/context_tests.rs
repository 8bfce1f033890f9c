#![allow(clippy::unwrap_used, reason = "tests")]
use std::sync::atomic::{AtomicUsize, Ordering};

use castra_core::error::CloudDetail;
use castra_core::{ContextExt, Seen, Wait};
use futures::{FutureExt, StreamExt};

use super::*;
use crate::clock::manual::ManualClock;

const READ: Call = Call::read("machines", "ListNetworks");
const MUTATE: Call = Call::mutate("machines", "CreateNetwork");
const IDEMPOTENT: Call = Call::idempotent("machines", "Launch");

struct Shut;

#[async_trait]
impl Gate for Shut {
    async fn may_mutate(&self) -> Result<()> {
        Err(Error::new(ErrorKind::Fenced, "another run has the lease"))
    }
}

fn context(clock: &ManualClock) -> RunContext {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let limits = Limits::new(Arc::clone(&clock));
    limits.state(&[("machines", 1000.0, 1000.0)]);
    RunContext::new(clock, limits)
}

/// Answers with each outcome in turn and then with success; says how often it was asked.
async fn script(cx: &RunContext, call: &Call, outcomes: Vec<Error>) -> (Result<u32>, usize) {
    let asked = AtomicUsize::new(0);
    let result = cx
        .call(call, || {
            let outcome = outcomes.get(asked.fetch_add(1, Ordering::SeqCst)).cloned();
            async move { outcome.map_or(Ok(7), Err) }
        })
        .await;
    (result, asked.load(Ordering::SeqCst))
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "no")
}

#[tokio::test]
async fn a_throttle_waits_as_long_as_the_cloud_asks() {
    let clock = ManualClock::jumping();
    let (events, stream) = Events::channel();
    let cx = context(&clock).events(events);
    let began = clock.monotonic();
    let (result, asked) =
        script(&cx, &MUTATE, vec![error(ErrorKind::Throttled).retry_after(Duration::from_secs(17))]).await;
    assert_eq!((result.unwrap(), asked), (7, 2));
    assert_eq!(clock.monotonic() - began, Duration::from_secs(17));
    drop(cx);
    let seen: Vec<_> = stream
        .map(|event| match event {
            Event::Called { operation, access, attempt, error, .. } => (operation, access, attempt, error),
            other => panic!("{other:?}"),
        })
        .collect()
        .await;
    assert_eq!(
        seen,
        [("CreateNetwork", Access::Mutate, 1, Some(ErrorKind::Throttled)), ("CreateNetwork", Access::Mutate, 2, None)]
    );
}

#[tokio::test]
async fn without_the_clouds_word_a_throttle_waits_longer_each_time() {
    let clock = ManualClock::jumping();
    let cx = context(&clock);
    let began = clock.monotonic();
    let (result, _) = script(&cx, &READ, vec![error(ErrorKind::Throttled); 3]).await;
    result.unwrap();
    let waited = clock.monotonic() - began;
    assert!((Duration::from_millis(3_500)..=Duration::from_millis(7_500)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn a_throttle_drains_the_services_bucket() {
    let clock = ManualClock::jumping();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let limits = Limits::new(Arc::clone(&shared));
    limits.state(&[("slow", 1.0, 100.0)]);
    let cx = RunContext::new(shared, limits.clone());
    let slow = Call::read("slow", "List");
    script(&cx, &slow, vec![error(ErrorKind::Throttled).retry_after(Duration::from_millis(1))]).await.0.unwrap();
    let began = clock.monotonic();
    limits.permit("slow", &Cancel::new()).await.unwrap();
    assert!(clock.monotonic() - began >= Duration::from_millis(900));
}

#[tokio::test]
async fn what_may_have_happened_is_not_sent_again_unless_it_may_be() {
    let clock = ManualClock::jumping();
    let cx = context(&clock);
    let lost = error(ErrorKind::Unavailable).ambiguous();
    let (result, asked) = script(&cx, &MUTATE, vec![lost.clone()]).await;
    let result = result.unwrap_err();
    assert_eq!((result.kind(), result.is_ambiguous(), asked), (ErrorKind::Unavailable, true, 1));
    let (result, asked) = script(&cx, &IDEMPOTENT, vec![lost]).await;
    assert_eq!((result.unwrap(), asked), (7, 2));
    let (result, asked) = script(&cx, &MUTATE, vec![error(ErrorKind::Unavailable)]).await;
    assert_eq!((result.unwrap(), asked), (7, 2), "a plain refusal did nothing, so it can be sent again");
}

#[tokio::test]
async fn a_refusal_does_not_close_what_an_earlier_attempt_left_open() {
    let clock = ManualClock::jumping();
    let cx = context(&clock);
    let lost = error(ErrorKind::Unavailable).ambiguous();
    let (result, asked) = script(&cx, &IDEMPOTENT, vec![lost.clone(), error(ErrorKind::Denied)]).await;
    let result = result.unwrap_err();
    assert_eq!((result.kind(), result.is_ambiguous(), asked), (ErrorKind::Denied, true, 2));
    let (result, _) = script(&cx, &READ, vec![lost, error(ErrorKind::Denied)]).await;
    assert!(!result.unwrap_err().is_ambiguous(), "a read leaves nothing open");
}

#[tokio::test]
async fn a_permanent_error_comes_back_at_once() {
    let clock = ManualClock::new();
    let (result, asked) = script(&context(&clock), &READ, vec![error(ErrorKind::Denied)]).await;
    let result = result.unwrap_err();
    assert_eq!((result.kind(), result.retryability(), asked), (ErrorKind::Denied, Retry::Permanent, 1));
}

#[tokio::test]
async fn a_throttled_attempt_does_not_count() {
    let clock = ManualClock::jumping();
    let cx = context(&clock).policy(RetryPolicy { attempts: 2, ..RetryPolicy::default() });
    let (result, asked) = script(&cx, &MUTATE, vec![error(ErrorKind::Throttled); 12]).await;
    assert_eq!((result.unwrap(), asked), (7, 13), "more than the attempts allow");
}

#[tokio::test]
async fn attempts_run_out() {
    let clock = ManualClock::jumping();
    let cx = context(&clock).policy(RetryPolicy { attempts: 4, ..RetryPolicy::default() });
    let failing = error(ErrorKind::Unavailable).remedy("look at the cloud's status page").cloud(CloudDetail {
        service: "machines".into(),
        code: Some("InternalError".into()),
        ..CloudDetail::default()
    });
    let (result, asked) = script(&cx, &READ, vec![failing; 9]).await;
    let result = result.unwrap_err();
    assert_eq!((result.kind(), result.retryability(), asked), (ErrorKind::Unavailable, Retry::Exhausted, 4));
    assert!(result.message().starts_with("no (after 4 attempts in "), "{result}");
    assert_eq!(result.code(), Some("InternalError"));
    assert_eq!(result.remedy_text(), Some("look at the cloud's status page"));
}

#[tokio::test]
async fn time_runs_out() {
    let clock = ManualClock::jumping();
    let cx = context(&clock).policy(RetryPolicy {
        attempts: 1000,
        budget: Duration::from_secs(60),
        ..RetryPolicy::default()
    });
    let began = clock.monotonic();
    let (result, asked) = script(&cx, &READ, vec![error(ErrorKind::Unavailable); 1000]).await;
    assert_eq!(result.unwrap_err().retryability(), Retry::Exhausted);
    assert!(asked < 20, "{asked}");
    assert!(clock.monotonic() - began <= Duration::from_secs(60));
}

#[tokio::test]
async fn propagation_has_a_budget_of_its_own() {
    let clock = ManualClock::jumping();
    let cx = context(&clock).policy(RetryPolicy { attempts: 2, ..RetryPolicy::default() });
    let (result, asked) = script(&cx, &MUTATE, vec![error(ErrorKind::NotYetPropagated); 12]).await;
    assert_eq!((result.unwrap(), asked), (7, 13), "more than the attempts allow");
    let began = clock.monotonic();
    let (result, _) = script(&cx, &MUTATE, vec![error(ErrorKind::NotYetPropagated); 1000]).await;
    assert_eq!(result.unwrap_err().retryability(), Retry::Exhausted);
    let waited = clock.monotonic() - began;
    assert!((Duration::from_secs(110)..=Duration::from_secs(120)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn an_attempt_without_an_answer_times_out() {
    let clock = ManualClock::jumping();
    let policy = RetryPolicy { attempt_timeout: Duration::from_millis(20), attempts: 2, ..RetryPolicy::default() };
    let cx = context(&clock).policy(policy);
    for (call, attempts, ambiguous) in [(&READ, 2, false), (&IDEMPOTENT, 2, true), (&MUTATE, 1, true)] {
        let asked = AtomicUsize::new(0);
        let never = || {
            asked.fetch_add(1, Ordering::SeqCst);
            futures::future::pending::<Result<()>>()
        };
        let result = cx.call(call, never).await.unwrap_err();
        assert_eq!((result.kind(), result.is_ambiguous()), (ErrorKind::Timeout, ambiguous), "{call:?}");
        assert_eq!(asked.load(Ordering::SeqCst), attempts, "{call:?}");
    }
}

#[tokio::test]
async fn without_the_lease_nothing_is_changed() {
    let clock = ManualClock::new();
    let cx = context(&clock).gate(Arc::new(Shut));
    let (result, asked) = script(&cx, &IDEMPOTENT, vec![]).await;
    assert_eq!((result.unwrap_err().kind(), asked), (ErrorKind::Fenced, 0));
    let (result, asked) = script(&cx, &READ, vec![]).await;
    assert_eq!((result.unwrap(), asked), (7, 1));
}

#[tokio::test]
async fn sleeps_and_retries_end_when_told_to_stop_waiting() {
    let clock = ManualClock::new();
    let cancel = Cancel::new();
    let cx = context(&clock).cancel(cancel.clone());
    let mut sleep = cx.sleep(Duration::from_secs(3600));
    assert!(futures::poll!(&mut sleep).is_pending());
    let mut retrying = script(&cx, &IDEMPOTENT, vec![error(ErrorKind::Unavailable).ambiguous()]).boxed();
    assert!(futures::poll!(&mut retrying).is_pending());
    cancel.graceful();
    assert!(futures::poll!(&mut sleep).is_pending());
    cancel.stop_waiting();
    assert_eq!(sleep.await.unwrap_err().kind(), ErrorKind::Interrupted);
    let (result, asked) = retrying.await;
    let result = result.unwrap_err();
    assert_eq!((result.kind(), result.is_ambiguous(), asked), (ErrorKind::Interrupted, true, 1));
    let (result, asked) = script(&cx, &READ, vec![]).await;
    assert_eq!((result.unwrap_err().kind(), asked), (ErrorKind::Interrupted, 0));
}

/// Refuses the first attempt, loses the reply to the second and lets the others be; writes down what it saw.
#[derive(Default)]
struct Meddler(std::sync::Mutex<Vec<String>>);

#[async_trait]
impl Probe for Meddler {
    async fn before(&self, call: &Call) -> Result<()> {
        let mut seen = self.0.lock().unwrap();
        seen.push(format!("before {}", call.operation));
        if seen.len() == 1 { Err(error(ErrorKind::Throttled)) } else { Ok(()) }
    }

    async fn after(&self, _: &Call, outcome: Result<()>) -> Result<()> {
        let mut seen = self.0.lock().unwrap();
        seen.push(format!("after {}", outcome.is_ok()));
        if seen.len() == 3 { Err(error(ErrorKind::Unavailable).ambiguous()) } else { outcome }
    }
}

#[tokio::test]
async fn what_a_probe_answers_is_taken_for_the_clouds_answer() {
    let clock = ManualClock::jumping();
    let probe = Arc::new(Meddler::default());
    let cx = context(&clock).probe(Some(Arc::<Meddler>::clone(&probe)));
    let (result, asked) = script(&cx, &IDEMPOTENT, Vec::new()).await;
    assert_eq!((result.unwrap(), asked), (7, 2), "a refused attempt isn't made, a lost reply is asked for again");
    let before = "before Launch";
    assert_eq!(*probe.0.lock().unwrap(), [before, before, "after true", before, "after true"]);
    let probe = Arc::new(Meddler(vec!["an attempt was made".into()].into()));
    let cx = context(&clock).probe(Some(probe));
    let (result, asked) = script(&cx, &MUTATE, Vec::new()).await;
    assert_eq!(asked, 1, "a lost reply to what can't be repeated is the caller's to look into");
    assert!(result.unwrap_err().is_ambiguous());
}

#[tokio::test]
async fn a_wait_ends_by_its_deadline_with_what_was_seen_last() {
    let clock = ManualClock::jumping();
    let cx = context(&clock);
    let wait = Wait::new("the gateway").every(Duration::from_secs(7)).deadline(Duration::from_secs(60));
    let began = clock.monotonic();
    let late = cx.wait(&wait, || async { Ok(Seen::<()>::Not("pending".into())) }).await.unwrap_err();
    assert_eq!(clock.monotonic() - began, Duration::from_secs(60));
    assert_eq!((late.kind(), late.retryability()), (ErrorKind::Timeout, Retry::Exhausted));
    assert_eq!(late.to_string(), "gave up waiting for the gateway after 60 s; last seen: pending");

    // What hinders it says what kind of failure it is, and what to do.
    let short = || Error::new(ErrorKind::Capacity, "no machines").remedy("take others");
    let hindered = cx.wait(&wait, || async { Ok(Seen::<()>::Hindered(short())) }).await.unwrap_err();
    assert_eq!((hindered.kind(), hindered.retryability()), (ErrorKind::Capacity, Retry::Exhausted));
    assert_eq!(hindered.last_seen(), Some("no machines"));
    assert_eq!(hindered.to_string(), "gave up waiting for the gateway after 60 s; last seen: no machines; take others");
    assert_eq!(hindered.to_json()["last_seen"], "no machines");

    // A failure ends it at once.
    let began = clock.monotonic();
    let failed = cx.wait(&wait, || async { Err::<Seen<()>, _>(error(ErrorKind::Denied)) }).await.unwrap_err();
    assert_eq!((failed.kind(), clock.monotonic() - began), (ErrorKind::Denied, Duration::ZERO));
}

#[tokio::test]
async fn what_must_last_is_told_while_it_does_not_yet() {
    let clock = ManualClock::jumping();
    let (cx, looks) = (context(&clock), AtomicUsize::new(0));
    let wait = Wait::new("it").every(Duration::from_secs(5)).deadline(Duration::from_secs(30));
    let flapping = wait.clone().stable_for(Duration::from_secs(20));
    // It comes and goes, and comes back too late to last.
    let seen = || async {
        let look = looks.fetch_add(1, Ordering::SeqCst);
        Ok(if look == 3 { Seen::Not("gone again".to_owned()) } else { Seen::Done(()) })
    };
    let late = cx.wait(&flapping, seen).await.unwrap_err();
    assert_eq!(late.last_seen(), Some("there, but not for 20 s yet"));
    let steady = wait.stable_for(Duration::from_secs(20));
    cx.wait(&steady, || async { Ok(Seen::Done(())) }).await.unwrap();
}
