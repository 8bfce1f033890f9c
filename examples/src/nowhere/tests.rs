//! The facade over a backend without a cloud.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use castra::{Action, Cluster, ErrorKind, Event, Events, Outcome, Session, Setup, Spec, StateUrl};
use futures::StreamExt as _;

use super::Nowhere;

const SPEC: &str = r#"
name = "null"
provider = { name = "nowhere", region = "nowhere" }
network = { cidr = "10.0.0.0/16" }
primaries = { machine_type = "none" }
secondaries = { machine_type = "none", count = 5 }
load_balancer = { certificate = "none" }
"#;

async fn cluster(resources: usize) -> Cluster {
    let setup = Setup::new().state(StateUrl::memory()).backend(Arc::new(Nowhere::new(resources)));
    setup.open(Spec::parse_core(SPEC).unwrap()).await.unwrap()
}

#[tokio::test]
async fn what_is_applied_is_there_and_what_is_destroyed_is_gone() {
    let (cluster, session) = (cluster(60).await, Session::default());
    let applied = cluster.apply(&session).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Complete));
    assert_eq!((applied.done, applied.plan.count(Action::Create)), (61, 61));
    assert_eq!(cluster.status(&session).await.unwrap().items.len(), 61);
    assert!(cluster.plan(&session).await.unwrap().is_empty());
    assert_eq!(cluster.plan_destroy(&session).await.unwrap().steps.len(), 61);
    assert!(matches!(cluster.destroy(&session).await.unwrap().outcome, Outcome::Complete));
    assert!(cluster.status(&session).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_plan_is_carried_out_once() {
    let (cluster, session) = (cluster(3).await, Session::default());
    let plan = cluster.plan(&session).await.unwrap();
    assert!(matches!(cluster.apply_exactly(&plan, &session).await.unwrap().outcome, Outcome::Complete));
    let error = cluster.apply_exactly(&plan, &session).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stale);
}

#[tokio::test]
async fn scaling_changes_the_spec() {
    let (mut cluster, session) = (cluster(3).await, Session::default());
    cluster.scale(8, &session).await.unwrap();
    assert_eq!(*cluster.spec(), Spec::parse_core(&SPEC.replace("count = 5", "count = 8")).unwrap());
    let before = cluster.spec().clone();
    assert_eq!(cluster.scale(1001, &session).await.unwrap_err().kind(), ErrorKind::InvalidSpec);
    assert_eq!(*cluster.spec(), before);
}

#[tokio::test]
async fn a_run_tells_what_it_does_and_stops_when_asked() {
    let cluster = cluster(3).await;
    let (events, stream) = Events::channel();
    let session = Session::default().events(events);
    session.cancel.graceful();
    let applied = cluster.apply(&session).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Interrupted));
    assert_eq!((applied.done, applied.skipped), (0, 4));
    let seen = |stream: Vec<Event>| stream.iter().filter(|event| matches!(event, Event::StepSkipped { .. })).count();
    drop(session);
    assert_eq!(seen(stream.collect().await), 4);
    let session = Session::default();
    assert!(matches!(cluster.apply(&session).await.unwrap().outcome, Outcome::Complete));
}
