#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod conflicts;
mod kinds;
mod order;
mod steps;

use std::collections::BTreeSet;

use castra_core::plan::{Plan, Purpose};
use castra_core::{ErrorKind, Graph, Inventory, Result, Status};
use serde_json::json;
use uuid::Uuid;

use super::{Question, plan};
use crate::testing::{FakeBackend, Object};

const UID: Uuid = Uuid::from_u128(7);

fn ask(backend: &FakeBackend, purpose: Purpose) -> Result<Plan> {
    ask_of(&backend.graph(), &backend.inventory(), purpose, &[])
}

fn ask_of(graph: &Graph, inventory: &Inventory, purpose: Purpose, made: &[&str]) -> Result<Plan> {
    let nothing = Graph::new();
    let graph = if purpose == Purpose::Destroy { &nothing } else { graph };
    let cluster = "demo".parse().unwrap();
    let made = inventory.items.iter().filter(|item| made.contains(&item.id.as_str()));
    let made: BTreeSet<_> = made.map(|item| (item.address.clone(), item.id.clone())).collect();
    plan(&Question { cluster: &cluster, uid: UID, purpose, graph, inventory, made: &made, anchor: "anchor" })
}

fn put(backend: &FakeBackend, id: &str, name: &str, value: u32, shape: u32, needs: &[&str]) {
    let fields = json!({ "value": value, "shape": shape, "needs": needs });
    let object = Object { name: name.into(), uid: Some(UID), fields, status: Status::Ready };
    backend.cloud.world().objects.insert(id.into(), object);
}

/// Steps as `action name`, in order.
fn lines(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {}", step.action, step.address.name())).collect()
}

/// True when one step must be done before the other may begin, directly or through others.
fn before(plan: &Plan, first: &str, then: &str) -> bool {
    let lines = lines(plan);
    let position = |line: &str| lines.iter().position(|other| other == line).unwrap_or_else(|| panic!("no {line}"));
    let (first, then) = (position(first), position(then));
    let mut open = vec![then];
    while let Some(index) = open.pop() {
        if index == first {
            return true;
        }
        let after = &plan.steps[index].after;
        assert!(after.iter().all(|before| *before < index), "a step comes after all that it needs");
        open.extend(after);
    }
    false
}

#[test]
fn creates_in_the_order_of_needs() {
    let backend = FakeBackend::default();
    backend.want(&[("c", 1, 1, &["b"]), ("b", 1, 1, &["a"]), ("a", 1, 1, &[])]);
    let plan = ask(&backend, Purpose::Apply).unwrap();
    assert_eq!(lines(&plan), ["create a", "create b", "create c"]);
    assert!(before(&plan, "create a", "create c"));
}

#[test]
fn what_is_as_wanted_needs_nothing() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[]), ("b", 1, 1, &["a"])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    put(&backend, "id-2", "b", 1, 1, &["id-1"]);
    assert_eq!(lines(&ask(&backend, Purpose::Apply).unwrap()), [""; 0]);
}

#[test]
fn a_field_that_differs_is_updated_and_named() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 2, 1, &[])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    let plan = ask(&backend, Purpose::Apply).unwrap();
    assert_eq!(lines(&plan), ["update a"]);
    assert_eq!(plan.steps[0].changes[0].field, "value");
    assert_eq!((&plan.steps[0].changes[0].from, &plan.steps[0].changes[0].to), (&json!(1), &json!(2)));
}

#[test]
fn a_replacement_goes_before_it_is_made_and_its_users_are_updated_after() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 2, &[]), ("b", 1, 1, &["a"])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    put(&backend, "id-2", "b", 1, 1, &["id-1"]);
    let plan = ask(&backend, Purpose::Apply).unwrap();
    assert_eq!(lines(&plan), ["delete a", "create a", "update b"]);
    assert!(before(&plan, "delete a", "create a") && before(&plan, "create a", "update b"));
    assert!(plan.replaces(&"thing/a".parse().unwrap()));
}

#[test]
fn what_nothing_wants_goes_after_its_users_let_it_go() {
    let backend = FakeBackend::default();
    backend.want(&[("b", 1, 1, &[])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    put(&backend, "id-2", "b", 1, 1, &["id-1"]);
    let plan = ask(&backend, Purpose::Apply).unwrap();
    assert!(before(&plan, "update b", "delete a"));
}

#[test]
fn destroying_deletes_users_first() {
    let backend = FakeBackend::default();
    put(&backend, "id-1", "a", 1, 1, &[]);
    put(&backend, "id-2", "b", 1, 1, &["id-1"]);
    put(&backend, "id-3", "c", 1, 1, &["id-2"]);
    let plan = ask(&backend, Purpose::Destroy).unwrap();
    assert_eq!(lines(&plan), ["delete c", "delete b", "delete a"]);
}

#[test]
fn a_duplicate_that_nothing_uses_is_removed_and_the_used_one_kept() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[]), ("b", 1, 1, &["a"])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    put(&backend, "id-2", "a", 1, 1, &[]);
    put(&backend, "id-3", "b", 1, 1, &["id-2"]);
    let plan = ask(&backend, Purpose::Apply).unwrap();
    assert_eq!(lines(&plan), ["delete a"]);
    assert_eq!(plan.steps[0].id.as_deref(), Some("id-1"));
}

#[test]
fn duplicates_that_are_both_in_use_stop_the_plan() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[]), ("b", 1, 1, &["a"]), ("c", 1, 1, &["a"])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    put(&backend, "id-2", "a", 1, 1, &[]);
    put(&backend, "id-3", "b", 1, 1, &["id-1"]);
    put(&backend, "id-4", "c", 1, 1, &["id-2"]);
    let error = ask(&backend, Purpose::Apply).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("id-1") && error.message().contains("id-2"), "{error}");
}

#[test]
fn what_is_not_ours_is_a_conflict_and_destroying_leaves_it() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    backend.cloud.world().objects.get_mut("id-1").unwrap().uid = None;
    let error = ask(&backend, Purpose::Apply).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("id-1"), "{error}");
    assert!(ask(&backend, Purpose::Destroy).unwrap().is_empty());
}

#[test]
fn another_cluster_of_the_same_name_is_a_conflict() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    backend.cloud.world().objects.get_mut("id-1").unwrap().uid = Some(Uuid::from_u128(8));
    assert_eq!(ask(&backend, Purpose::Apply).unwrap_err().kind(), ErrorKind::Conflict);
}

#[test]
fn states_decide_between_waiting_and_replacing() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    for (status, expected) in [
        (Status::Pending("starting".into()), vec!["wait a"]),
        (Status::Failed("broken".into()), vec!["delete a", "create a"]),
        (Status::Deleting, vec!["delete a", "create a"]),
    ] {
        backend.cloud.world().objects.get_mut("id-1").unwrap().status = status;
        assert_eq!(lines(&ask(&backend, Purpose::Apply).unwrap()), expected);
    }
}

#[test]
fn the_same_question_has_the_same_hash_and_another_has_another() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[]), ("b", 2, 1, &["a"])]);
    let first = ask(&backend, Purpose::Apply).unwrap();
    assert_eq!(first.hash, ask(&backend, Purpose::Apply).unwrap().hash);
    backend.want(&[("a", 1, 1, &[]), ("b", 3, 1, &["a"])]);
    assert_ne!(first.hash, ask(&backend, Purpose::Apply).unwrap().hash);
}

#[test]
fn a_protected_cluster_is_not_destroyed() {
    let backend = FakeBackend::default();
    put(&backend, "id-1", "a", 1, 1, &[]);
    *backend.protected.lock().unwrap() = true;
    let error = ask(&backend, Purpose::Destroy).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protected);
    assert!(error.remedy_text().unwrap().contains("protection.enabled"));
}

#[test]
fn a_name_that_equals_an_id_is_no_use() {
    let backend = FakeBackend::default();
    put(&backend, "id-1", "a", 1, 1, &[]);
    put(&backend, "id-2", "b", 1, 1, &["id-1"]);
    backend.cloud.world().objects.get_mut("id-1").unwrap().fields["name"] = json!("id-2");
    assert_eq!(lines(&ask(&backend, Purpose::Destroy).unwrap()), ["delete b", "delete a"]);
}

#[test]
fn what_is_on_its_way_is_not_replaced_for_what_it_does_not_show_yet() {
    let backend = FakeBackend::default();
    backend.want(&[("a", 1, 1, &[])]);
    put(&backend, "id-1", "a", 1, 1, &[]);
    {
        let mut world = backend.cloud.world();
        let object = world.objects.get_mut("id-1").unwrap();
        object.fields["shape"] = json!(null);
        object.status = Status::Pending("pending".into());
    }
    assert_eq!(lines(&ask(&backend, Purpose::Apply).unwrap()), ["wait a"]);
    backend.cloud.world().objects.get_mut("id-1").unwrap().status = Status::Ready;
    assert_eq!(lines(&ask(&backend, Purpose::Apply).unwrap()), ["delete a", "create a"]);
}
