//! What faults do to calls, and whether the calls took effect.

use castra_emulator::{Effect, Emulator, Entry, Fault, Matching, Options, Outcome, Phase, Refusal, Seconds, Settings};
use std::io::ErrorKind;
use std::time::Duration;

use crate::client::{Answer, ec2};

const ACCOUNT: &str = "100000000001";
const CREATE: &str = "Action=CreateVpc&CidrBlock=10.0.0.0%2F16";

fn emulator() -> Emulator {
    let mut options = Options::default();
    options.settings = Settings::instant();
    Emulator::start(options).unwrap()
}

fn creating() -> Matching {
    Matching::operation("ec2", "CreateVpc")
}

/// How many networks there are that nobody made by being new.
fn networks(emulator: &Emulator) -> usize {
    let filter = "Action=DescribeVpcs&Filter.1.Name=is-default&Filter.1.Value.1=false";
    let answer = ec2(&emulator.endpoint(), ACCOUNT, filter).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.matches("<vpcId>").count()
}

fn create(emulator: &Emulator) -> std::io::Result<Answer> {
    ec2(&emulator.endpoint(), ACCOUNT, CREATE)
}

#[test]
fn refusals_speak_as_the_service_does_and_nothing_happens() {
    let refusal = Refusal { code: "VpcLimitExceeded".into(), message: "no more".into(), status: None };
    for (effect, status, code) in [
        (Effect::Throttle, 503, "RequestLimitExceeded"),
        (Effect::InternalError, 500, "InternalError"),
        (Effect::Unavailable, 503, "Unavailable"),
        (Effect::AccessDenied, 403, "UnauthorizedOperation"),
        (Effect::ExpiredCredentials, 400, "RequestExpired"),
        (Effect::Refuse(refusal), 400, "VpcLimitExceeded"),
    ] {
        let emulator = emulator();
        emulator.faults().inject(Fault::new(creating(), effect).times(1));
        let answer = create(&emulator).unwrap();
        assert_eq!((answer.status, answer.element("Code")), (status, Some(code)));
        assert_eq!(networks(&emulator), 0);
        assert_eq!(create(&emulator).unwrap().status, 200);
        assert_eq!(networks(&emulator), 1);
    }
}

#[test]
fn a_reset_before_has_no_effect_and_a_reset_after_has() {
    for (effect, made, outcome) in
        [(Effect::ResetBefore, 0, Outcome::Dropped), (Effect::ResetAfter, 1, Outcome::Lost { status: 200 })]
    {
        let emulator = emulator();
        emulator.faults().inject(Fault::new(creating(), effect).times(1));
        let error = create(&emulator).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert_eq!(networks(&emulator), made);
        let log = emulator.log(|entry| entry.subject.operation == "CreateVpc");
        assert_eq!(log.iter().map(|entry| &entry.outcome).collect::<Vec<_>>(), [&outcome]);
    }
}

#[test]
fn a_truncated_answer_breaks_off() {
    let emulator = emulator();
    emulator.faults().inject(Fault::new(creating(), Effect::Truncate(25)).times(1));
    let answer = create(&emulator).unwrap();
    assert_eq!((answer.status, answer.whole, answer.body.len()), (200, false, 25));
    assert_eq!(networks(&emulator), 1);
}

#[test]
fn a_hanging_call_hangs_until_the_client_gives_up_and_blocks_nobody() {
    for (effect, made) in [(Effect::HangBefore, 0), (Effect::HangAfter, 1)] {
        let emulator = emulator();
        emulator.faults().inject(Fault::new(creating(), effect).times(1));
        let endpoint = emulator.endpoint();
        // Ends with an error when the emulator stops, and no sooner.
        let hanging = std::thread::spawn(move || ec2(&endpoint, ACCOUNT, CREATE));
        let dropped = |entry: &Entry| matches!(entry.outcome, Outcome::Dropped | Outcome::Lost { .. });
        while emulator.log(dropped).is_empty() {
            assert!(!hanging.is_finished());
            std::thread::yield_now();
        }
        assert_eq!(networks(&emulator), made);
        assert!(!hanging.is_finished());
        drop(emulator);
        assert!(hanging.join().unwrap().is_err());
    }
}

#[test]
fn counts_skips_shares_and_parameters_choose() {
    let emulator = emulator();
    let parameters = serde_json::json!({ "CidrBlock": "10.0.0.0/16" });
    let fault = Fault::new(creating().with_parameters(parameters), Effect::Throttle).skip(1).times(2);
    emulator.faults().inject(fault);
    let statuses: Vec<u16> = (0..4).map(|_| create(&emulator).unwrap().status).collect();
    assert_eq!(statuses, [200, 503, 503, 200]);
    let other = "Action=CreateVpc&CidrBlock=10.1.0.0%2F16";
    assert_eq!(ec2(&emulator.endpoint(), ACCOUNT, other).unwrap().status, 200);

    emulator.faults().clear();
    emulator.faults().inject(Fault::new(Matching::operation("ec2", "Describe*"), Effect::Throttle).probability(0.3));
    let describe = || ec2(&emulator.endpoint(), ACCOUNT, "Action=DescribeVpcs").unwrap().status;
    let throttled = (0..200).filter(|_| describe() == 503).count();
    assert!((30..=90).contains(&throttled), "{throttled} of 200 at a share of 0.3");

    emulator.faults().clear();
    emulator.faults().inject(Fault::new(Matching::changes(), Effect::Throttle).skip(1));
    assert_eq!((describe(), create(&emulator).unwrap().status), (200, 200));
    assert_eq!((describe(), create(&emulator).unwrap().status), (200, 503));

    emulator.faults().clear();
    let elsewhere = Matching::any().in_account("100000000002").when(|subject, _| subject.operation != "x");
    emulator.faults().inject(Fault::new(elsewhere, Effect::Throttle));
    assert_eq!(describe(), 200);
    assert_eq!(ec2(&emulator.endpoint(), "100000000002", "Action=DescribeVpcs").unwrap().status, 503);
}

#[test]
fn a_token_bucket_empties_and_fills_with_emulated_time() {
    let mut options = Options::default();
    options.pace = castra_emulator::Pace::Scaled(0.0);
    options.settings = Settings::instant();
    let emulator = Emulator::start(options).unwrap();
    let bucket = Effect::TokenBucket { capacity: 3.0, refill: 0.5, shared: false };
    emulator.faults().inject(Fault::new(Matching::any(), bucket));
    let describe = || ec2(&emulator.endpoint(), ACCOUNT, "Action=DescribeVpcs").unwrap().status;
    assert_eq!((0..5).map(|_| describe()).collect::<Vec<_>>(), [200, 200, 200, 503, 503]);
    // Buckets are each operation's own.
    assert_eq!(create(&emulator).unwrap().status, 200);
    emulator.clock().advance(Duration::from_secs(4));
    assert_eq!((0..3).map(|_| describe()).collect::<Vec<_>>(), [200, 200, 503]);
}

#[test]
fn a_held_call_waits_before_or_after_it_took_effect() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for (phase, made, outcome) in [(Phase::Request, 0, None), (Phase::Reply, 1, Some(Outcome::Done { status: 200 }))] {
        let emulator = emulator();
        emulator.faults().inject(Fault::new(creating(), Effect::Hold(phase)).times(1));
        let endpoint = emulator.endpoint();
        let caller = std::thread::spawn(move || ec2(&endpoint, ACCOUNT, CREATE));
        #[expect(clippy::disallowed_methods, reason = "bounds the test")]
        let held = async { tokio::time::timeout(Duration::from_secs(30), emulator.faults().until_held(1)).await };
        let held = runtime.block_on(held).unwrap();
        assert_eq!((held[0].phase, held[0].subject.operation.as_str()), (phase, "CreateVpc"));
        assert_eq!((&held[0].parameters["CidrBlock"], &held[0].outcome), (&serde_json::json!("10.0.0.0/16"), &outcome));
        assert_eq!(networks(&emulator), made);
        assert!(!caller.is_finished());
        assert!(emulator.faults().release(held[0].id));
        assert!(!emulator.faults().release(held[0].id));
        assert_eq!(caller.join().unwrap().unwrap().status, 200);
        assert_eq!(networks(&emulator), 1);
    }
}

#[test]
fn latency_passes_in_emulated_time() {
    let mut options = Options::default();
    options.pace = castra_emulator::Pace::Jumping;
    options.settings = Settings::instant();
    let emulator = Emulator::start(options).unwrap();
    emulator.faults().inject(Fault::new(Matching::any(), Effect::Latency(Seconds(3600.0))));
    let before = emulator.clock().now();
    assert_eq!(create(&emulator).unwrap().status, 200);
    assert!(emulator.clock().now().duration_since(before).as_secs() >= 3600);
    let log = emulator.log(|entry| entry.subject.changing);
    assert!(log.len() == 1 && log[0].ended.duration_since(log[0].at).as_secs() >= 3600, "{log:?}");
}

#[test]
fn a_client_that_goes_away_while_it_is_held_leaves_a_trace_and_nothing_that_goes_on() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for (phase, made, outcome) in
        [(Phase::Request, 0, Outcome::Dropped), (Phase::Reply, 1, Outcome::Lost { status: 200 })]
    {
        let emulator = emulator();
        emulator.faults().inject(Fault::new(creating(), Effect::Hold(phase)).times(1));
        let line = crate::client::begin(&emulator.endpoint(), ACCOUNT, CREATE).unwrap();
        #[expect(clippy::disallowed_methods, reason = "bounds the test")]
        let held = async { tokio::time::timeout(Duration::from_secs(30), emulator.faults().until_held(1)).await };
        let held = runtime.block_on(held).unwrap();
        drop(line);
        #[expect(clippy::disallowed_methods, reason = "bounds the test")]
        let gone =
            async { tokio::time::timeout(Duration::from_secs(30), emulator.faults().until_gone(held[0].id)).await };
        runtime.block_on(gone).unwrap();
        emulator.faults().clear();
        while emulator.log(|entry| entry.outcome == outcome).is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(networks(&emulator), made);
    }
}
