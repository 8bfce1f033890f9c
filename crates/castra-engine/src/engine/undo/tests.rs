#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests; their own deadlines are real time"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use castra_core::{Action, ErrorKind, Event};
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::engine::tests::Setup;
use crate::engine::{Applied, OnFailure, Outcome, Request, Session};
use crate::events::Events;
use crate::testing::Fault;

mod random;

/// Everything that there is: id to name and fields.
type World = BTreeMap<String, (String, Value)>;

fn session() -> Session {
    Session::default().on_failure(OnFailure::Undo)
}

impl Setup {
    fn all(&self) -> World {
        let world = self.backend.cloud.world();
        let shown = |object: &crate::testing::Object| {
            // Lists are sets: no cloud keeps their order.
            let mut fields = object.fields.clone();
            fields["needs"].as_array_mut().unwrap().sort_by_key(Value::to_string);
            (object.name.clone(), fields)
        };
        world.objects.iter().map(|(id, object)| (id.clone(), shown(object))).collect()
    }

    async fn apply_or_undo(&self) -> Applied {
        self.engine.apply(Request::Apply(&self.spec), None, &session()).await.unwrap()
    }

    /// Four things, in place.
    async fn built() -> Self {
        let setup = Self::new();
        assert!(matches!(setup.apply().await, Outcome::Complete));
        setup
    }

    /// A change of two things and a third that all of the rest is to use.
    fn want_more(&self) {
        self.backend.want(&[
            ("a", 2, 1, &[]),
            ("b", 1, 1, &["a", "e"]),
            ("c", 3, 1, &["a"]),
            ("d", 1, 1, &["b", "c", "e"]),
            ("e", 1, 1, &["a"]),
        ]);
    }
}

#[tokio::test]
async fn a_creation_that_fails_anywhere_leaves_nothing() {
    for step in ["Create a", "Create b", "Create c", "Create d"] {
        let setup = Setup::new();
        setup.backend.cloud.fail(step, Fault::Refuse);
        let applied = setup.apply_or_undo().await;
        assert!(applied.is_undone(), "{step}: {:?}", applied.outcome);
        assert!(setup.all().is_empty(), "{step}: {:?}", setup.all());
        let history = setup.history().await;
        assert_eq!((history.uid, history.open), (None, vec![]), "{step}");
        assert!(matches!(setup.apply().await, Outcome::Complete), "{step}");
        assert_eq!(setup.all().len(), 4, "{step}");
    }
}

#[tokio::test]
async fn a_change_that_fails_anywhere_leaves_what_was_there() {
    for step in ["Update a", "Update b", "Update c", "Update d", "Create e"] {
        let setup = Setup::built().await;
        let (before, uid) = (setup.all(), setup.history().await.uid);
        setup.want_more();
        setup.backend.cloud.fail(step, Fault::Refuse);
        let applied = setup.apply_or_undo().await;
        assert!(applied.is_undone(), "{step}: {:?}", applied.outcome);
        assert_eq!(setup.all(), before, "{step}");
        let history = setup.history().await;
        assert_eq!((history.uid, history.open), (uid, vec![]), "{step}");
        assert!(matches!(setup.apply().await, Outcome::Complete), "{step}");
        assert_eq!(setup.all().len(), 5, "{step}");
    }
}

#[tokio::test]
async fn what_succeeds_stays() {
    let setup = Setup::new();
    let applied = setup.apply_or_undo().await;
    assert!(matches!(applied.outcome, Outcome::Complete) && applied.undo.is_none());
    assert_eq!(setup.all().len(), 4);
}

#[tokio::test]
async fn what_cannot_be_undone_is_refused_before_it_begins() {
    type Wanted<'a> = &'a [(&'a str, u32, u32, &'a [&'a str])];
    let replace: Wanted<'_> = &[("a", 1, 1, &[]), ("b", 1, 1, &["a"]), ("c", 1, 1, &["a"]), ("d", 1, 2, &["b", "c"])];
    for (wanted, named) in [(replace, "shape"), (&replace[..3], "nothing in the spec wants it")] {
        let setup = Setup::built().await;
        let (before, calls) = (setup.all(), setup.log().len());
        setup.backend.want(wanted);
        let error = setup.engine.apply(Request::Apply(&setup.spec), None, &session()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("thing/d (id-4)") && error.message().contains(named), "{error}");
        assert!(error.remedy_text().unwrap().contains("apply without"), "{error}");
        assert!(setup.engine.plan(Request::Apply(&setup.spec), &session()).await.is_err(), "a plan says so too");
        assert_eq!((setup.all(), setup.log().len()), (before, calls));
        assert!(matches!(setup.apply().await, Outcome::Complete));
    }
}

#[tokio::test]
async fn a_duplicate_to_be_removed_and_a_destroy_are_refused() {
    let setup = Setup::built().await;
    let copy = setup.backend.cloud.world().objects["id-4"].clone();
    setup.backend.cloud.world().objects.insert("id-9".into(), copy);
    let error = setup.engine.apply(Request::Apply(&setup.spec), None, &session()).await.unwrap_err();
    assert!(error.message().contains("thing/d (id-9)") && error.message().contains("duplicate"), "{error}");
    let name = setup.spec.name.clone();
    let error = setup.engine.apply(Request::Destroy(&name), None, &session()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("destroy"), "{error}");
    assert_eq!(setup.all().len(), 5);
}

#[tokio::test]
async fn an_undo_that_fails_says_what_is_left_and_how_to_go_on() {
    let setup = Setup::new();
    setup.backend.cloud.fail("Create d", Fault::Refuse);
    setup.backend.cloud.fail("Delete c", Fault::Refuse);
    let applied = setup.apply_or_undo().await;
    let Outcome::Stuck { errors, what, how } = &applied.outcome else { panic!("{:?}", applied.outcome) };
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].address().unwrap().name(), "d");
    let mut left: Vec<String> = what.iter().map(ToString::to_string).collect();
    left.sort();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left[0].starts_with("thing/a (id-1) is still there: the undo didn't come to it"), "{left:?}");
    assert!(left[1].starts_with("thing/c") && left[1].contains("Delete c is refused"), "{left:?}");
    assert!(how.contains("apply again") && how.contains("destroy"), "{how}");
    assert!(setup.history().await.uid.is_some());
    // Another undo that fails, of what the first one left.
    setup.backend.cloud.fail("Create d", Fault::Refuse);
    setup.backend.cloud.fail("Delete b", Fault::Refuse);
    assert!(matches!(setup.apply_or_undo().await.outcome, Outcome::Stuck { .. }));
    assert!(matches!(setup.apply_or_undo().await.outcome, Outcome::Complete));
    assert_eq!(setup.all().len(), 4);
}

#[tokio::test]
async fn a_change_that_cannot_be_brought_back_is_said() {
    let setup = Setup::built().await;
    setup.want_more();
    setup.backend.cloud.fail("Update d", Fault::Refuse);
    // The first update of `b` is the run's, the second the undo's.
    let (events, mut stream) = Events::channel();
    let cloud = setup.backend.cloud.clone();
    let watch = async {
        while let Some(event) = stream.next().await {
            match event {
                Event::RunFinished { outcome, .. } if outcome == "failed" => cloud.fail("Update b", Fault::Refuse),
                Event::RunFinished { .. } => break,
                _ => {}
            }
        }
    };
    let session = session().events(events);
    let (applied, ()) = tokio::join!(setup.engine.apply(Request::Apply(&setup.spec), None, &session), watch);
    let Outcome::Stuck { what, how, .. } = applied.unwrap().outcome else { panic!("it should be stuck") };
    let b = what.iter().find(|left| left.address.name() == "b").unwrap();
    assert_eq!(b.action, Action::Update);
    assert!(b.error.is_some() && b.to_string().contains("not changed back"), "{b}");
    assert!(how.contains("the spec as it was before"), "{how}");
    assert!(matches!(setup.apply().await, Outcome::Complete));
}

#[tokio::test]
async fn what_was_made_and_does_not_show_yet_goes_too() {
    for fault in [Fault::LoseReply, Fault::Refuse] {
        let setup = Setup::new();
        setup.backend.cloud.world().delay = Duration::from_millis(35);
        if fault == Fault::LoseReply {
            // Its reply is lost, and looking for it fails.
            setup.backend.cloud.fail("Create c", Fault::LoseReply);
            setup.backend.cloud.fail("Find c", Fault::Refuse);
        } else {
            setup.backend.cloud.fail("Create c", Fault::Refuse);
        }
        let applied = setup.apply_or_undo().await;
        assert!(applied.is_undone(), "{:?}", applied.outcome);
        assert!(setup.all().is_empty(), "{:?}", setup.all());
    }
}

#[tokio::test]
async fn an_undo_that_is_killed_is_gone_on_from() {
    for step in ["Delete c", "Delete a"] {
        let setup = Setup::new();
        setup.backend.cloud.fail("Create d", Fault::Refuse);
        setup.backend.cloud.fail(step, Fault::Hang);
        {
            let session = session();
            let run = setup.engine.apply(Request::Apply(&setup.spec), None, &session);
            tokio::pin!(run);
            assert!(tokio::time::timeout(Duration::from_millis(500), &mut run).await.is_err(), "{step}");
        }
        assert!(matches!(setup.apply().await, Outcome::Complete), "{step}");
        assert_eq!(setup.all().len(), 4, "{step}");
    }
}

#[tokio::test]
async fn a_run_that_is_asked_to_stop_keeps_what_it_made() {
    let setup = Setup::new();
    setup.backend.want(&[("a", 1, 1, &[]), ("b", 1, 1, &["a"]), ("z", 1, 1, &[])]);
    setup.backend.cloud.fail("Create a", Fault::Refuse);
    let (events, mut stream) = Events::channel();
    let session = session().events(events);
    let cancel = session.cancel.clone();
    let watch = async {
        while let Some(event) = stream.next().await {
            if matches!(event, Event::StepStarted { .. }) {
                cancel.graceful();
            }
            if matches!(event, Event::RunFinished { .. }) {
                break;
            }
        }
    };
    let (applied, ()) = tokio::join!(setup.engine.apply(Request::Apply(&setup.spec), None, &session), watch);
    assert!(applied.unwrap().undo.is_none());
    assert_eq!(setup.backend.cloud.names(), ["z"]);
}

#[tokio::test]
async fn nothing_foreign_and_nothing_older_is_touched() {
    let setup = Setup::built().await;
    // Somebody else's object of a name that isn't ours, and a change that isn't the run's.
    let mut other = setup.backend.cloud.world().objects["id-4"].clone();
    (other.uid, other.name) = (None, "z".into());
    setup.want_more();
    setup.backend.cloud.fail("Update d", Fault::Refuse);
    let (events, mut stream) = Events::channel();
    let cloud = setup.backend.cloud.clone();
    let watch = async {
        while let Some(event) = stream.next().await {
            match event {
                Event::RunFinished { outcome, .. } if outcome == "failed" => {
                    cloud.world().objects.insert("id-99".into(), other.clone());
                }
                Event::RunFinished { .. } => break,
                _ => {}
            }
        }
    };
    let before = setup.all();
    let session = session().events(events);
    let (applied, ()) = tokio::join!(setup.engine.apply(Request::Apply(&setup.spec), None, &session), watch);
    assert!(applied.unwrap().is_undone());
    let mut after = setup.all();
    let foreign = after.remove("id-99").unwrap();
    assert_eq!(foreign.1["needs"], json!(["id-2", "id-3"]));
    assert_eq!(after, before);
}
