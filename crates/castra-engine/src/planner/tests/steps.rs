//! What is done to each object, and why.

use castra_core::inventory::{ClusterRecord, Node};
use castra_core::{ErrorKind, Status};
use serde_json::{Value, json};

use super::UID;
use super::kinds::{Disk, Machine, Net, Scene, Template, acts};

/// A plan's only changes, as `field from to`.
fn changes(scene: &Scene, act: &str) -> Vec<String> {
    let plan = scene.apply().unwrap();
    let step = acts(&plan).iter().position(|other| other == act).unwrap_or_else(|| panic!("{act}: {:?}", acts(&plan)));
    let changes = plan.steps[step].changes.iter();
    changes.map(|change| format!("{} {} {}", change.field, change.from, change.to)).collect()
}

#[test]
fn a_creation_lists_every_field() {
    let mut scene = Scene::new();
    scene.want("a", Net(json!({ "shape": 1, "value": { "size": 2 } })));
    assert_eq!(changes(&scene, "create a"), ["shape null 1", "value null {\"size\":2}"]);
    // No fields, no changes.
    scene.want("a", Net(Value::Null));
    assert_eq!(changes(&scene, "create a"), [""; 0]);
}

#[test]
fn a_replacement_says_which_fields_cannot_change() {
    let mut scene = Scene::new();
    scene.want("a", Net(json!({ "shape": 2, "value": 2 })));
    scene.put::<Net>("net-1", "a", json!({ "shape": 1, "value": 1 }));
    let plan = scene.apply().unwrap();
    assert_eq!(acts(&plan), ["delete net-1", "create a"]);
    assert!(plan.steps.iter().all(|step| step.reason == "shape cannot change in place"));
    assert_eq!(changes(&scene, "delete net-1"), ["shape 1 2", "value 1 2"]);
}

#[test]
fn of_what_is_on_its_way_only_a_fixed_field_that_does_not_show_is_passed_over() {
    for (live, act) in [
        (json!({ "shape": 1, "value": 1 }), "wait net-1"),
        (json!({ "value": 1 }), "wait net-1"),
        (json!({ "shape": 2, "value": 1 }), "delete net-1"),
        (json!({ "shape": 1 }), "update net-1"),
        (json!({ "shape": 1, "value": 2 }), "update net-1"),
    ] {
        let mut scene = Scene::new();
        scene.want("a", Net(json!({ "shape": 1, "value": 1 })));
        scene.put::<Net>("net-1", "a", live.clone()).status = Status::Pending("starting".into());
        assert_eq!(acts(&scene.apply().unwrap())[0], act, "{live}");
    }
}

#[test]
fn an_update_is_noted_where_its_kind_has_something_to_say() {
    let mut scene = Scene::new();
    for name in ["changed", "made", "same", "turned"] {
        scene.want(name, Template(json!({ "shape": 1, "value": 1 })));
    }
    scene.want("m", Machine(json!({ "value": 1 })));
    scene.put::<Template>("t-1", "changed", json!({ "shape": 1, "value": 2 }));
    scene.put::<Template>("t-2", "same", json!({ "shape": 1, "value": 1 }));
    scene.put::<Template>("t-3", "turned", json!({ "shape": 2, "value": 1 }));
    scene.put::<Machine>("m-1", "m", json!({ "value": 2 }));
    assert_eq!(scene.apply().unwrap().notes, ["template/changed: machines that run stay as they are"]);
}

#[test]
fn a_change_never_deletes_data() {
    for (wanted, live, status, refused) in [
        (Some(1), 1, Status::Ready, None),
        (Some(2), 1, Status::Ready, Some("shape cannot change in place")),
        (Some(1), 1, Status::Failed("error".into()), Some("it failed: error")),
        (None, 1, Status::Ready, Some("nothing in the spec wants it any more")),
        // It goes whatever we do.
        (Some(1), 1, Status::Deleting, None),
    ] {
        let mut scene = Scene::new();
        scene.put::<Disk>("disk-1", "data", json!({ "shape": live })).status = status.clone();
        if let Some(shape) = wanted {
            scene.want("data", Disk(json!({ "shape": shape })));
        }
        match (scene.apply(), refused) {
            (Err(error), Some(why)) => {
                assert_eq!(error.kind(), ErrorKind::Protected);
                assert_eq!(error.message(), format!("this would delete data:\n  disk/data (disk-1): {why}"));
            }
            (Ok(plan), None) => assert_eq!(plan.is_empty(), status == Status::Ready),
            (outcome, _) => panic!("{status:?}: {outcome:?}"),
        }
        // To destroy is to ask for it.
        assert!(scene.destroy().is_ok());
    }
}

#[test]
fn a_protected_cluster_says_what_would_be_lost() {
    let mut scene = Scene::new();
    let node = |name: &str, role: &str| Node::new(name, role, name);
    scene.inventory.nodes =
        vec![node("p0", "primary"), node("s0", "secondary"), node("s1", "secondary"), node("s2", "secondary")];
    scene.inventory.cluster = Some(ClusterRecord::new(UID).protected(true));
    scene.put::<Disk>("disk-1", "d0", json!({}));
    scene.put::<Disk>("disk-2", "d1", json!({}));
    scene.put::<Net>("net-1", "a", json!({}));
    scene.put::<Net>("net-2", "a", json!({}));
    let error = scene.destroy().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protected);
    assert_eq!(
        error.message(),
        "demo is protected; destroying it would lose 1 primaries with 2 data disks, 3 secondaries and 4 objects in all"
    );
    scene.inventory.cluster.as_mut().unwrap().protected = false;
    assert_eq!(acts(&scene.destroy().unwrap()).len(), 4);
}

#[test]
fn an_undo_makes_again_only_what_comes_back_and_is_gone() {
    let mut scene = Scene::new();
    let as_it_was = || json!({ "shape": 1, "value": 1 });
    for name in ["there", "gone"] {
        scene.want(name, Template(as_it_was()));
    }
    // Nobody deletes a net to change it.
    scene.want("lost", Net(as_it_was()));
    scene.put::<Template>("template-1", "there", as_it_was());
    scene.put::<Net>("net-1", "new", as_it_was());
    scene.put::<Net>("net-2", "of an earlier run", as_it_was());
    let mut acts = acts(&scene.undo(&["net-1"]).unwrap());
    acts.sort();
    assert_eq!(acts, ["create gone", "delete net-1"]);
}
