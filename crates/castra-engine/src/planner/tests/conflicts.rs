//! Whose the objects are, and which of several is kept.

use castra_core::{ErrorKind, Ownership, Status};
use serde_json::json;

use super::kinds::{Disk, Machine, Net, Rules, Scene, acts};

const SPARE: &str = "a duplicate that nothing uses";

#[test]
fn what_is_in_the_way_is_named_as_the_console_shows_it() {
    let mut scene = Scene::new();
    let theirs = || Ownership::Foreign("it is the billing team's".into());
    scene.put::<Net>("net-1", "a", json!({ "name": "corp" })).ownership = theirs();
    let one = "1 object is in the way and not this cluster's:\n  net/a (corp, net-1): it is the billing team's";
    assert_eq!(scene.apply().unwrap_err().message(), one);
    scene.put::<Net>("net-2", "b", json!({ "name": "net-2" })).ownership = theirs();
    scene.put::<Net>("net-3", "c", json!({})).uid = Some(uuid::Uuid::from_u128(8));
    assert_eq!(
        scene.apply().unwrap_err().message(),
        "3 objects are in the way and not this cluster's:\n  \
         net/a (corp, net-1): it is the billing team's\n  \
         net/b (net-2): it is the billing team's\n  \
         net/c (net-3): it belongs to another cluster named demo"
    );
}

#[test]
fn a_destruction_says_how_much_it_leaves_alone() {
    let mut scene = Scene::new();
    scene.inventory.notes.push("a newer image exists".into());
    scene.put::<Net>("net-1", "a", json!({}));
    // One of our own on its way out is not in the plan, and still no one else's.
    scene.put::<Net>("net-2", "a", json!({})).status = Status::Deleting;
    let plan = scene.destroy().unwrap();
    assert_eq!(acts(&plan), ["delete net-1"]);
    assert_eq!(plan.notes, ["a newer image exists"]);
    for (id, note) in [("x", "1 object is"), ("y", "2 objects are")] {
        scene.put::<Net>(id, id, json!({})).ownership = Ownership::Foreign("theirs".into());
        let plan = scene.destroy().unwrap();
        assert_eq!(acts(&plan), ["delete net-1"]);
        assert_eq!(plan.notes[1..], [format!("{note} not this cluster's and left alone")]);
    }
}

#[test]
fn of_unused_duplicates_the_one_nearest_to_service_is_kept() {
    let (pending, failed) = (Status::Pending("starting".into()), Status::Failed("broken".into()));
    for (worse, better, acted) in [
        (Status::Ready, Status::Ready, vec!["delete net-2"]),
        (pending.clone(), Status::Ready, vec!["delete net-1"]),
        (failed.clone(), Status::Ready, vec!["delete net-1"]),
        (Status::Deleting, Status::Ready, vec![]),
        (failed.clone(), pending.clone(), vec!["delete net-1", "wait net-2"]),
        (Status::Deleting, pending, vec!["wait net-2"]),
        (Status::Deleting, failed, vec!["create a", "delete net-2"]),
    ] {
        let mut scene = Scene::new();
        scene.want("a", Net(json!({ "shape": 1 })));
        scene.put::<Net>("net-1", "a", json!({ "shape": 1 })).status = worse.clone();
        scene.put::<Net>("net-2", "a", json!({ "shape": 1 })).status = better.clone();
        let plan = scene.apply().unwrap();
        let mut acts = acts(&plan);
        acts.sort();
        assert_eq!(acts, acted, "{worse:?} {better:?}");
        assert!(plan.steps.iter().all(|step| step.id.as_deref() != Some("net-1") || step.reason == SPARE));
    }
}

#[test]
fn a_use_is_an_id_anywhere_but_in_what_says_who_the_user_is() {
    for (user, used) in [
        (json!({ "net": "net-2" }), true),
        (json!({ "nets": ["net-9", "net-2"] }), true),
        (json!({ "rules": [{ "to": { "net": "net-2" } }] }), true),
        (json!({ "note": "beside net-2" }), false),
        (json!({ "name": "net-2" }), false),
        (json!({ "tags": { "Name": "net-2" } }), false),
        (json!({ "count": 2 }), false),
        (json!("net-2"), false),
    ] {
        let mut scene = Scene::new();
        scene.put::<Net>("net-1", "a", json!({}));
        scene.put::<Net>("net-2", "a", json!({ "peers": ["net-2"] }));
        scene.put::<Machine>("m-1", "m", user.clone());
        scene.want("a", Net(json!({})));
        scene.want("m", Machine(json!({})));
        let kept = if used { "net-1" } else { "net-2" };
        assert_eq!(acts(&scene.apply().unwrap()), [format!("delete {kept}")], "{user}");
    }
}

#[test]
fn an_id_that_a_part_shares_with_its_parent_means_the_parent() {
    let mut scene = Scene::new();
    scene.put::<Rules>("net-1", "of-a", json!({}));
    scene.put::<Net>("net-1", "a", json!({}));
    scene.put::<Machine>("m-1", "m", json!({ "net": "net-1" }));
    let plan = scene.destroy().unwrap();
    assert!(super::before(&plan, "delete m", "delete a"));
    assert!(!super::before(&plan, "delete m", "delete of-a"));
}

#[test]
fn of_data_that_exists_twice_none_is_chosen() {
    let mut scene = Scene::new();
    scene.want("data", Disk(json!({})));
    scene.want("m", Machine(json!({})));
    scene.put::<Disk>("disk-1", "data", json!({}));
    scene.put::<Disk>("disk-2", "data", json!({}));
    scene.put::<Machine>("m-1", "m", json!({ "disk": "disk-2" }));
    let error = scene.apply().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(
        error.message(),
        "disk/data exists more than once, and more than one is in use or may hold data: disk-2, disk-1"
    );
    // A destruction needs no choice.
    assert_eq!(acts(&scene.destroy().unwrap()).len(), 3);
    // One on its way out is nobody's choice any more, unless something still uses it.
    scene.inventory.items[0].status = Status::Deleting;
    assert!(scene.apply().unwrap().is_empty());
    scene.inventory.items[2].fields = json!({ "disks": ["disk-1", "disk-2"] });
    assert_eq!(scene.apply().unwrap_err().kind(), ErrorKind::Conflict);
}
