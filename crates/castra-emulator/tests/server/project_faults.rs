//! What faults do to calls of Google Cloud, and whether the calls took effect.

use std::io::{self, ErrorKind};
use std::time::Duration;

use castra_emulator::gcp::Settings;
use castra_emulator::{
    Effect, Emulator, Entry, Fault, Held, Matching, Options, Outcome, Pace, Phase, Refusal, Seconds,
};
use serde_json::{Value, json};

use crate::client::{Answer, open, send};

const NETWORKS: &str = "/compute/v1/projects/project-1/global/networks";

fn emulator(pace: Pace) -> Emulator {
    let mut options = Options::default();
    options.project_settings = Settings::instant();
    options.pace = pace;
    Emulator::start(options).unwrap()
}

fn inserting() -> Matching {
    Matching::operation("compute", "networks.insert")
}

fn body() -> String {
    json!({ "name": "n", "autoCreateSubnetworks": false }).to_string()
}

fn insert(endpoint: &str) -> io::Result<Answer> {
    send(endpoint, "POST", NETWORKS, "", &body())
}

fn list(emulator: &Emulator) -> Answer {
    send(&emulator.endpoint(), "GET", NETWORKS, "", "").unwrap()
}

/// Whether the network is there that [`insert`] makes.
fn is_made(emulator: &Emulator) -> bool {
    emulator.objects("project-1").iter().any(|object| object.kind == "networks" && object.id == "n")
}

#[test]
fn a_refusal_that_is_chosen_is_told_in_each_services_form() {
    let emulator = emulator(Pace::Scaled(1.0));
    let refusal = |code: &str, status| Refusal { code: code.into(), message: "no more".into(), status };
    let quota = Fault::new(inserting(), Effect::Refuse(refusal("quotaExceeded", Some(403))));
    emulator.faults().inject(quota.times(1));
    let answer = insert(&emulator.endpoint()).unwrap();
    let error: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, &error["error"]["errors"][0]["reason"]), (403, &json!("quotaExceeded")));
    assert_eq!(error["error"]["message"], "no more");
    assert!(!is_made(&emulator));
    let secrets = Matching::operation("secretmanager", "*");
    emulator.faults().inject(Fault::new(secrets, Effect::Refuse(refusal("x", None))).times(1));
    let answer = send(&emulator.endpoint(), "GET", "/v1/projects/project-1/secrets", "", "").unwrap();
    let error: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, &error["error"]["status"]), (400, &json!("INVALID_ARGUMENT")));
}

#[test]
fn a_reset_before_has_no_effect_and_a_reset_after_has() {
    for (effect, made, outcome) in
        [(Effect::ResetBefore, false, Outcome::Dropped), (Effect::ResetAfter, true, Outcome::Lost { status: 200 })]
    {
        let emulator = emulator(Pace::Scaled(1.0));
        emulator.faults().inject(Fault::new(inserting(), effect).times(1));
        assert_eq!(insert(&emulator.endpoint()).unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(is_made(&emulator), made);
        let log = emulator.log(|entry| entry.subject.operation == "networks.insert");
        assert_eq!(log.iter().map(|entry| &entry.outcome).collect::<Vec<_>>(), [&outcome]);
    }
}

#[test]
fn a_truncated_answer_breaks_off() {
    let emulator = emulator(Pace::Scaled(1.0));
    emulator.faults().inject(Fault::new(inserting(), Effect::Truncate(25)).times(1));
    let answer = insert(&emulator.endpoint()).unwrap();
    assert_eq!((answer.status, answer.whole, answer.body.len()), (200, false, 25));
    assert!(is_made(&emulator));
}

#[test]
fn a_hanging_call_hangs_until_the_client_gives_up_and_blocks_nobody() {
    for (effect, made) in [(Effect::HangBefore, false), (Effect::HangAfter, true)] {
        let emulator = emulator(Pace::Scaled(1.0));
        emulator.faults().inject(Fault::new(inserting(), effect).times(1));
        let endpoint = emulator.endpoint();
        // Ends with an error when the emulator stops, and no sooner.
        let hanging = std::thread::spawn(move || insert(&endpoint));
        let dropped = |entry: &Entry| matches!(entry.outcome, Outcome::Dropped | Outcome::Lost { .. });
        while emulator.log(dropped).is_empty() {
            assert!(!hanging.is_finished());
            std::thread::yield_now();
        }
        assert_eq!((list(&emulator).status, is_made(&emulator)), (200, made));
        assert!(!hanging.is_finished());
        drop(emulator);
        assert!(hanging.join().unwrap().is_err());
    }
}

/// The one call that is held.
fn held(emulator: &Emulator) -> Held {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    #[expect(clippy::disallowed_methods, reason = "bounds the test")]
    let held = async { tokio::time::timeout(Duration::from_secs(30), emulator.faults().until_held(1)).await };
    runtime.block_on(held).unwrap().remove(0)
}

#[test]
fn a_held_call_waits_before_or_after_it_took_effect() {
    for (phase, made, outcome) in
        [(Phase::Request, false, None), (Phase::Reply, true, Some(Outcome::Done { status: 200 }))]
    {
        let emulator = emulator(Pace::Scaled(1.0));
        emulator.faults().inject(Fault::new(inserting(), Effect::Hold(phase)).times(1));
        let endpoint = emulator.endpoint();
        let caller = std::thread::spawn(move || insert(&endpoint));
        let held = held(&emulator);
        assert_eq!((held.phase, held.subject.operation.as_str()), (phase, "networks.insert"));
        assert_eq!((&held.parameters["body"]["name"], &held.outcome), (&json!("n"), &outcome));
        assert_eq!(is_made(&emulator), made);
        assert!(!caller.is_finished());
        assert!(emulator.faults().release(held.id));
        assert_eq!(caller.join().unwrap().unwrap().status, 200);
        assert!(is_made(&emulator));
    }
}

#[test]
fn a_client_that_goes_away_while_it_is_held_leaves_a_trace() {
    for (phase, made, outcome) in
        [(Phase::Request, false, Outcome::Dropped), (Phase::Reply, true, Outcome::Lost { status: 200 })]
    {
        let emulator = emulator(Pace::Scaled(1.0));
        emulator.faults().inject(Fault::new(inserting(), Effect::Hold(phase)).times(1));
        let line = open(&emulator.endpoint(), "POST", NETWORKS, "", &body()).unwrap();
        held(&emulator);
        drop(line);
        while emulator.log(|entry| entry.outcome == outcome).is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(is_made(&emulator), made);
    }
}

#[test]
fn a_token_bucket_is_each_methods_own_and_fills_with_emulated_time() {
    let emulator = emulator(Pace::Scaled(0.0));
    let bucket = Effect::TokenBucket { capacity: 3.0, refill: 0.5, shared: false };
    emulator.faults().inject(Fault::new(Matching::any(), bucket));
    assert_eq!((0..5).map(|_| list(&emulator).status).collect::<Vec<_>>(), [200, 200, 200, 403, 403]);
    assert_eq!(insert(&emulator.endpoint()).unwrap().status, 200);
    emulator.clock().advance(Duration::from_secs(4));
    assert_eq!((0..3).map(|_| list(&emulator).status).collect::<Vec<_>>(), [200, 200, 403]);
}

#[test]
fn latency_passes_in_emulated_time() {
    let emulator = emulator(Pace::Jumping);
    emulator.faults().inject(Fault::new(Matching::any(), Effect::Latency(Seconds(3600.0))));
    let before = emulator.clock().now();
    assert_eq!(insert(&emulator.endpoint()).unwrap().status, 200);
    assert!(emulator.clock().now().duration_since(before).as_secs() >= 3600);
}
