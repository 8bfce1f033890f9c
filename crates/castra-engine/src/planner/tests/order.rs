//! What comes before what.

use castra_core::ErrorKind;
use serde_json::json;

use super::kinds::{Anchor, Machine, Net, Scene, Template, acts};
use super::{before, lines};

#[test]
fn the_anchor_is_made_before_everything_and_deleted_after_it() {
    let mut scene = Scene::new();
    scene.want("a", Net(json!({})));
    scene.want("root", Anchor(json!({})));
    scene.want("t", Template(json!({})));
    let plan = scene.apply().unwrap();
    assert!(before(&plan, "create root", "create a") && before(&plan, "create root", "create t"));
    assert!(!before(&plan, "create a", "create t") && !before(&plan, "create t", "create a"));
    scene.put::<Anchor>("root-1", "root", json!({ "self": "root-1" }));
    scene.put::<Template>("t-1", "t", json!({}));
    scene.put::<Net>("net-1", "a", json!({}));
    let plan = scene.destroy().unwrap();
    assert!(before(&plan, "delete a", "delete root") && before(&plan, "delete t", "delete root"));
    assert!(!before(&plan, "delete a", "delete t") && !before(&plan, "delete t", "delete a"));
}

#[test]
fn kinds_that_use_an_object_unseen_go_before_it() {
    let mut scene = Scene::new();
    scene.put::<Net>("net-1", "a", json!({}));
    scene.put::<Template>("t-1", "t", json!({}));
    scene.put::<Machine>("m-1", "m", json!({}));
    let plan = scene.destroy().unwrap();
    assert!(before(&plan, "delete m", "delete a"));
    assert!(!before(&plan, "delete t", "delete a"));
}

#[test]
fn machines_are_replaced_one_after_the_other_and_templates_at_once() {
    let mut scene = Scene::new();
    for name in ["1", "2", "3"] {
        scene.want(&format!("m{name}"), Machine(json!({ "shape": 2, "value": 2 })));
        scene.want(&format!("t{name}"), Template(json!({ "shape": 2 })));
        scene.put::<Template>(&format!("t-{name}"), &format!("t{name}"), json!({ "shape": 1 }));
    }
    scene.put::<Machine>("m-1", "m1", json!({ "shape": 1, "value": 2 }));
    scene.put::<Machine>("m-2", "m2", json!({ "shape": 2, "value": 1 }));
    scene.put::<Machine>("m-3", "m3", json!({ "shape": 1, "value": 2 }));
    // One that goes for good and one that is new wait for nobody.
    scene.put::<Machine>("m-0", "m0", json!({}));
    scene.want("m9", Machine(json!({})));
    let plan = scene.apply().unwrap();
    assert!(before(&plan, "delete m1", "create m1") && before(&plan, "create m1", "delete m3"));
    for free in ["delete m0", "delete m1", "update m2", "create m9", "delete t1", "delete t2", "delete t3"] {
        let step = lines(&plan).iter().position(|line| line == free).unwrap();
        assert!(plan.steps[step].after.is_empty(), "{free}");
    }
}

#[test]
fn what_is_made_again_follows_the_deletion_of_the_one_it_replaces_and_not_of_a_spare_one() {
    let mut scene = Scene::new();
    scene.want("a", Template(json!({ "shape": 2 })));
    scene.want("b", Template(json!({ "needs": { "$ref": "template/a" } })));
    scene.put::<Template>("t-1", "a", json!({ "shape": 1 }));
    scene.put::<Template>("t-2", "a", json!({ "shape": 1 }));
    let plan = scene.apply().unwrap();
    let acts = acts(&plan);
    let position = |act: &str| acts.iter().position(|other| other == act).unwrap();
    assert_eq!(plan.steps[position("create a")].after, [position("delete t-1")]);
    assert_eq!(plan.steps[position("create b")].after, [position("create a")]);
    assert!(plan.steps[position("delete t-2")].after.is_empty());
}

#[test]
fn objects_that_use_each_other_are_refused_by_name() {
    let mut scene = Scene::new();
    scene.put::<Template>("t-1", "a", json!({ "peer": "t-2" }));
    scene.put::<Template>("t-2", "b", json!({ "peer": "t-1" }));
    let error = scene.destroy().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let message = error.message();
    assert!(message.starts_with("to delete template/") && message.contains("would have to go first"), "{message}");
}
