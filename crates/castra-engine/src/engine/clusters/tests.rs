#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use castra_core::{ErrorKind, Status};
use serde_json::json;

use super::*;
use crate::engine::Outcome;
use crate::journal::{Journal, LeaseOptions};
use crate::store::StateUrl;
use crate::testing::{FakeBackend, Fault, Object};

const ALIVE: Uuid = Uuid::from_u128(1);
const DEAD: Uuid = Uuid::from_u128(2);

/// A cluster that lives, `x`; another that left `a` and what needs it, `b`; and `y`, which is nobody's.
fn setup() -> (FakeBackend, Engine, tempfile::TempDir) {
    let backend = FakeBackend::default();
    *backend.protected.lock().unwrap() = true;
    for (id, name, uid, needs) in [
        ("id-1", "x", Some(ALIVE), vec![]),
        ("id-2", "a", Some(DEAD), vec![]),
        ("id-3", "b", Some(DEAD), vec!["id-2"]),
        ("id-4", "y", None, vec![]),
    ] {
        let fields = json!({ "value": 1, "shape": 1, "needs": needs });
        let object = Object { name: name.into(), uid, fields, status: Status::Ready };
        backend.cloud.world().objects.insert(id.into(), object);
    }
    let state = tempfile::tempdir().unwrap();
    let engine = Engine::new(Arc::new(backend.clone()), StateUrl::File(state.path().to_path_buf()));
    (backend, engine, state)
}

fn name() -> ClusterName {
    "demo".parse().unwrap()
}

#[tokio::test]
async fn what_lives_is_told_from_what_was_left_behind() {
    let (backend, engine, _state) = setup();
    let clusters = engine.clusters(&Session::default()).await.unwrap();
    let [alive, dead] = &clusters.found[..] else { panic!("{clusters:?}") };
    assert_eq!(clusters.notes, ["tagged demo without a uid, so nobody's, and left alone: id-4"]);
    assert!(matches!(&alive.life, Life::Alive(record) if record.uid == ALIVE) && alive.uid == ALIVE);
    let Life::LeftBehind(plan) = &dead.life else { panic!("{dead:?}") };
    let steps: Vec<_> = plan.steps.iter().map(|step| (step.address.name(), step.id.as_deref())).collect();
    assert_eq!(steps, [("b", Some("id-3")), ("a", Some("id-2"))], "what uses goes before what is used");
    assert!(backend.cloud.world().log.is_empty(), "nothing was called that could write");
}

#[tokio::test]
async fn a_sweep_removes_what_is_left_behind_and_nothing_else() {
    let (backend, engine, _state) = setup();
    let (session, cluster) = (Session::default(), name());
    let found = engine.clusters(&session).await.unwrap().found;
    let Life::LeftBehind(plan) = &found[1].life else { panic!("{found:?}") };
    let request = Request::Sweep { cluster: &cluster, uid: DEAD };
    let applied = engine.apply(request, Some(plan), &session).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Complete), "{applied:?}");
    assert_eq!(backend.cloud.names(), ["x", "y"]);
    assert_eq!(backend.cloud.world().log, ["Delete b", "Delete a"], "each is called once, in order");
    assert_eq!(engine.clusters(&session).await.unwrap().found.len(), 1);
    let again = engine.apply(request, None, &session).await.unwrap();
    assert!(again.plan.is_empty());
}

#[tokio::test]
async fn a_cluster_that_lives_is_never_swept() {
    let (backend, engine, _state) = setup();
    let cluster = name();
    let request = Request::Sweep { cluster: &cluster, uid: ALIVE };
    let error = engine.apply(request, None, &Session::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let remedy = error.remedy_text().unwrap();
    assert!(remedy.contains("castra destroy --name demo --provider fake --region here"), "{remedy}");
    assert_eq!(backend.cloud.names().len(), 4);
}

/// The journal of the cluster that has the name now knows nothing of the sweep, whether that ends well or not.
#[tokio::test]
async fn a_sweep_leaves_the_journal_of_the_living_alone() {
    let (backend, engine, state) = setup();
    let (session, cluster) = (Session::default(), name());
    let store = StateUrl::File(state.path().to_path_buf()).open(&["fake", "1", "here", "demo"]).await.unwrap();
    let mut plan = engine.plan(Request::Sweep { cluster: &cluster, uid: DEAD }, &session).await.unwrap();
    plan.uid = ALIVE;
    let clock = Arc::clone(&engine.clock);
    let options = LeaseOptions::default();
    let (journal, _) = Journal::acquire(store.clone(), &cluster, clock, &options, &session).await.unwrap();
    journal.begin(&plan).await.unwrap();
    journal.release().await.unwrap();
    drop(journal);
    backend.cloud.fail("Delete a", Fault::Refuse);
    let request = Request::Sweep { cluster: &cluster, uid: DEAD };
    for done in ["failed", "complete"] {
        assert_eq!(engine.apply(request, None, &session).await.unwrap().outcome.name(), done);
        let history = History::read(&store).await.unwrap();
        assert_eq!((history.uid, history.open.len()), (Some(ALIVE), 0));
    }
}

#[tokio::test]
async fn a_run_in_progress_keeps_the_sweep_out() {
    let (backend, engine, state) = setup();
    let (session, cluster) = (Session::default(), name());
    let store = StateUrl::File(state.path().to_path_buf()).open(&["fake", "1", "here", "demo"]).await.unwrap();
    let clock = Arc::clone(&engine.clock);
    let held = Journal::acquire(store, &cluster, clock, &LeaseOptions::default(), &session).await.unwrap();
    let error = engine.apply(Request::Sweep { cluster: &cluster, uid: DEAD }, None, &session).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert_eq!(backend.cloud.names().len(), 4);
    drop(held);
}
