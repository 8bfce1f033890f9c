#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests; their own deadlines are real time"
)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use castra_core::spec::Spec;
use castra_core::{Address, ErrorKind, Event};
use futures::StreamExt as _;

use super::{Engine, Outcome, Request, Session};
use crate::cancel::Cancel;
use crate::events::Events;
use crate::journal::History;
use crate::store::StateUrl;
use crate::testing::{FakeBackend, Fault};

const SPEC: &str = r#"
name = "demo"
[provider]
name = "fake"
[network]
cidr = "10.0.0.0/16"
[primaries]
machine_type = "m"
[secondaries]
machine_type = "m"
count = 1
[load_balancer]
certificate = "cert"
"#;

pub(in crate::engine) struct Setup {
    pub(in crate::engine) backend: FakeBackend,
    pub(in crate::engine) engine: Engine,
    pub(in crate::engine) spec: Spec,
    state: StateUrl,
}

impl Setup {
    pub(in crate::engine) fn new() -> Self {
        let state = StateUrl::memory();
        let backend = FakeBackend::default();
        backend.want(&[("a", 1, 1, &[]), ("b", 1, 1, &["a"]), ("c", 1, 1, &["a"]), ("d", 1, 1, &["b", "c"])]);
        let engine = Engine::new(Arc::new(backend.clone()), state.clone());
        Self { backend, engine, spec: Spec::parse_core(SPEC).unwrap(), state }
    }

    pub(in crate::engine) async fn apply(&self) -> Outcome {
        self.engine.apply(Request::Apply(&self.spec), None, &Session::default()).await.unwrap().outcome
    }

    /// Everything exists once, and there is nothing left to do.
    async fn converged(&self) {
        assert_eq!(self.backend.cloud.names().len(), 4, "{:?}", self.backend.cloud.names());
        let plan = self.engine.plan(Request::Apply(&self.spec), &Session::default()).await.unwrap();
        assert!(plan.is_empty(), "{}", plan.to_text());
    }

    /// What the journal knows.
    pub(in crate::engine) async fn history(&self) -> History {
        History::read(&self.state.open(&["fake", "1", "here", "demo"]).await.unwrap()).await.unwrap()
    }

    pub(in crate::engine) fn log(&self) -> Vec<String> {
        self.backend.cloud.world().log.clone()
    }
}

#[tokio::test]
async fn applies_then_has_nothing_to_do_then_destroys() {
    let setup = Setup::new();
    assert!(matches!(setup.apply().await, Outcome::Complete));
    setup.converged().await;
    let calls = setup.log().len();
    assert!(matches!(setup.apply().await, Outcome::Complete));
    assert_eq!(setup.log().len(), calls, "a second apply calls nothing");
    let name = setup.spec.name.clone();
    let destroyed = setup.engine.apply(Request::Destroy(&name), None, &Session::default()).await.unwrap();
    assert!(matches!(destroyed.outcome, Outcome::Complete));
    assert!(setup.backend.cloud.names().is_empty());
    assert!(matches!(setup.apply().await, Outcome::Complete));
    setup.converged().await;
}

#[tokio::test]
async fn a_failed_step_stops_only_what_needs_it_and_the_next_apply_goes_on() {
    let setup = Setup::new();
    setup.backend.cloud.fail("Create b", Fault::Refuse);
    let Outcome::Failed(errors) = setup.apply().await else { panic!("it should fail") };
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].address(), Some(&Address::new("thing", "b")));
    assert_eq!(errors[0].kind(), ErrorKind::Denied);
    assert_eq!(setup.backend.cloud.names().into_iter().collect::<BTreeSet<_>>(), ["a".into(), "c".into()].into());
    assert!(matches!(setup.apply().await, Outcome::Complete));
    setup.converged().await;
}

#[tokio::test]
async fn a_lost_reply_makes_no_duplicate() {
    for step in ["Create a", "Create b", "Create d"] {
        let setup = Setup::new();
        setup.backend.cloud.fail(step, Fault::LoseReply);
        assert!(matches!(setup.apply().await, Outcome::Complete), "{step}");
        setup.converged().await;
    }
}

#[tokio::test]
async fn a_dropped_run_is_finished_by_the_next_at_once() {
    for step in ["Create a", "Create b", "Create c", "Create d"] {
        let setup = Setup::new();
        setup.backend.cloud.fail(step, Fault::Hang);
        {
            let session = Session::default();
            let run = setup.engine.apply(Request::Apply(&setup.spec), None, &session);
            tokio::pin!(run);
            // Until it hangs, which is when nothing happens any more.
            let waited = tokio::time::timeout(Duration::from_millis(300), &mut run).await;
            assert!(waited.is_err(), "{step} should hang");
        }
        assert!(matches!(setup.apply().await, Outcome::Complete), "{step}");
        setup.converged().await;
    }
}

#[tokio::test]
async fn a_request_to_stop_finishes_what_is_under_way_and_starts_nothing() {
    let setup = Setup::new();
    let (events, mut stream) = Events::channel();
    let cancel = Cancel::new();
    let session = Session::default().events(events).cancel(cancel.clone());
    let watch = async {
        while let Some(event) = stream.next().await {
            if matches!(&event, Event::StepStarted { address, .. } if address.name() == "a") {
                cancel.graceful();
            }
            if matches!(event, Event::RunFinished { .. }) {
                break;
            }
        }
    };
    let (applied, ()) = tokio::join!(setup.engine.apply(Request::Apply(&setup.spec), None, &session), watch);
    let applied = applied.unwrap();
    assert!(matches!(applied.outcome, Outcome::Interrupted), "{:?}", applied.outcome);
    assert!(applied.skipped > 0);
    assert!(matches!(setup.apply().await, Outcome::Complete));
    setup.converged().await;
}

#[tokio::test]
async fn what_is_run_is_the_expected_plan_or_nothing() {
    let setup = Setup::new();
    let session = Session::default();
    let plan = setup.engine.plan(Request::Apply(&setup.spec), &session).await.unwrap();
    setup.backend.want(&[("a", 2, 1, &[])]);
    let error = setup.engine.apply(Request::Apply(&setup.spec), Some(&plan), &session).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale);
    assert!(setup.log().is_empty());
    let plan = setup.engine.plan(Request::Apply(&setup.spec), &session).await.unwrap();
    let applied = setup.engine.apply(Request::Apply(&setup.spec), Some(&plan), &session).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Complete));
    assert_eq!(applied.plan.uid, plan.uid);
}

#[tokio::test]
async fn two_at_once_are_one_after_the_other_or_refused() {
    let setup = Setup::new();
    setup.backend.cloud.fail("Create a", Fault::Hang);
    let session = Session::default();
    let first = setup.engine.apply(Request::Apply(&setup.spec), None, &session);
    tokio::pin!(first);
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut first).await.is_err());
    let error = setup.engine.apply(Request::Apply(&setup.spec), None, &Session::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.to_string().contains(&std::process::id().to_string()), "it says who: {error}");
}

#[tokio::test]
async fn a_deletion_waits_until_nothing_uses_the_object() {
    let setup = Setup::new();
    assert!(matches!(setup.apply().await, Outcome::Complete));
    // Something of somebody else's uses `a`; it goes away by itself after a while.
    let user = crate::testing::Object {
        name: "other".into(),
        uid: None,
        fields: serde_json::json!({ "needs": ["id-1"] }),
        status: castra_core::Status::Ready,
    };
    setup.backend.cloud.world().objects.insert("id-99".into(), user);
    let (events, mut stream) = Events::channel();
    let session = Session::default().events(events);
    let cloud = setup.backend.cloud.clone();
    let watch = async {
        while let Some(event) = stream.next().await {
            if let Event::Waiting { observed, .. } = &event {
                assert!(observed.contains("other"), "{observed}");
                cloud.world().objects.remove("id-99");
            }
            if matches!(event, Event::RunFinished { .. }) {
                break;
            }
        }
    };
    let name = setup.spec.name.clone();
    let engine = setup.engine.clone().with_clock(Arc::new(crate::clock::SystemClock::scaled(50.0)));
    let (applied, ()) = tokio::join!(engine.apply(Request::Destroy(&name), None, &session), watch);
    assert!(matches!(applied.unwrap().outcome, Outcome::Complete));
    assert!(setup.backend.cloud.names().is_empty());
}

#[tokio::test]
async fn planning_makes_no_directory() {
    let setup = Setup::new();
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("nowhere");
    let engine = Engine::new(Arc::new(setup.backend.clone()), StateUrl::File(state.clone()));
    assert_eq!(engine.plan(Request::Apply(&setup.spec), &Session::default()).await.unwrap().steps.len(), 4);
    assert!(!state.exists());
}

#[tokio::test]
async fn destroying_waits_for_what_may_have_been_made() {
    let setup = Setup::new();
    setup.backend.cloud.fail("Create a", Fault::Hang);
    {
        let session = Session::default();
        let run = setup.engine.apply(Request::Apply(&setup.spec), None, &session);
        tokio::pin!(run);
        assert!(tokio::time::timeout(Duration::from_millis(300), &mut run).await.is_err());
    }
    // The creation that was under way takes effect now, and shows only within the window.
    let cloud = setup.backend.cloud.clone();
    let uid = setup.history().await.uid;
    let late = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let fields = serde_json::json!({ "value": 1, "shape": 1, "needs": [] });
        let status = castra_core::Status::Ready;
        let object = crate::testing::Object { name: "a".into(), uid, fields, status };
        cloud.world().objects.insert("id-77".into(), object);
    };
    let name = setup.spec.name.clone();
    let session = Session::default();
    let (applied, ()) = tokio::join!(setup.engine.apply(Request::Destroy(&name), None, &session), late);
    assert!(matches!(applied.unwrap().outcome, Outcome::Complete));
    assert!(setup.backend.cloud.names().is_empty(), "{:?}", setup.backend.cloud.names());
}
