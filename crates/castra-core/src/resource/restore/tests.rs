#![allow(clippy::unwrap_used, reason = "tests")]

use std::any::Any;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::inventory::{Item, Scope};
use crate::resource::{At, Found, Node, Recovery, Ref, Resource as _};

/// Something that is referred to; two kinds, so that an id can be both's.
macro_rules! target {
    ($name:ident, $kind:literal) => {
        #[derive(Serialize, Deserialize)]
        struct $name {}

        #[async_trait]
        impl Kind for $name {
            const KIND: &'static str = $kind;
            const RECOVERY: Recovery = Recovery::Named;
            const REPLACE: &'static [&'static str] = &[];
            type Output = String;
            type Cloud = Box<dyn Any + Send + Sync>;

            async fn find(&self, _: &At<'_, Self::Cloud>) -> Result<Option<Found<String>>> {
                Ok(None)
            }

            async fn create(&self, at: &At<'_, Self::Cloud>) -> Result<String> {
                Ok(at.address.to_string())
            }

            async fn delete(_: &At<'_, Self::Cloud>, _: &String) -> Result<()> {
                Ok(())
            }
        }
    };
}
target!(Role, "role");
target!(Profile, "profile");

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Profile(Ref<Profile>),
    Role(Ref<Role>),
    Text(String),
}

#[derive(Serialize, Deserialize)]
struct Disk {
    name: String,
    size: u32,
    role: Ref<Role>,
    either: Vec<Either>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[async_trait]
impl Kind for Disk {
    const KIND: &'static str = "disk";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    const ONE_WAY: &'static [&'static str] = &["size"];
    type Output = String;
    type Cloud = Box<dyn Any + Send + Sync>;

    async fn find(&self, _: &At<'_, Self::Cloud>) -> Result<Option<Found<String>>> {
        Ok(None)
    }

    async fn create(&self, _: &At<'_, Self::Cloud>) -> Result<String> {
        Ok("disk-1".into())
    }

    async fn delete(_: &At<'_, Self::Cloud>, _: &String) -> Result<()> {
        Ok(())
    }
}

fn wanted() -> Node<Disk> {
    let role = Ref::to("new");
    Node::new("main", Disk { name: "d".into(), size: 2, role, either: Vec::new(), note: Some("new".into()) })
}

fn inventory(live: Value) -> Inventory {
    let mut inventory = Inventory::empty(Scope { provider: "p".into(), account: "a".into(), region: "r".into() });
    inventory.items = vec![
        Item::new::<Disk>("main", live, "disk-1".into()),
        // A role and a profile of the same name.
        Item::new::<Role>("old", json!({}), "node".into()),
        Item::new::<Profile>("old", json!({}), "node".into()),
        Item::new::<Role>("new", json!({}), "newer".into()),
    ];
    inventory
}

/// The fields of what an undo of these changes would want.
fn undone(live: Value, fields: &[&str]) -> Result<Value> {
    let changes: Vec<FieldChange> = fields
        .iter()
        .map(|field| FieldChange { field: (*field).into(), from: live[field].clone(), to: Value::Null })
        .collect();
    Ok(wanted().before(&changes, &inventory(live))?.fields().clone())
}

fn live() -> Value {
    json!({ "name": "d", "size": 2, "role": "node", "either": ["node", "10.0.0.0/8"], "note": "old" })
}

#[test]
fn the_changed_fields_come_back_and_no_others() {
    assert_eq!(undone(live(), &["note"]).unwrap(), json!({ "note": "old" }));
}

#[test]
fn what_is_made_again_has_all_fields_and_comes_after_what_they_refer_to() {
    let again = |live: Value| {
        let inventory = inventory(live);
        inventory.items[0].kind.again(&inventory.items[0], &inventory)
    };
    let made = again(live()).unwrap();
    assert_eq!(made.fields()["role"], json!({ "$ref": "role/old" }));
    assert_eq!((&made.fields()["size"], &made.fields()["note"]), (&json!(2), &json!("old")));
    assert_eq!((made.address().to_string(), made.after().len()), ("disk/main".into(), 2));
    let mut other = live();
    other["size"] = json!("large");
    assert_eq!(again(other).err().unwrap().kind(), ErrorKind::Unsupported);
}

#[test]
fn an_id_becomes_the_reference_of_the_field_s_kind() {
    assert_eq!(undone(live(), &["role"]).unwrap(), json!({ "role": { "$ref": "role/old" } }));
    let either = undone(live(), &["either"]).unwrap();
    assert_eq!(either, json!({ "either": [{ "$ref": "profile/old" }, "10.0.0.0/8"] }));
}

#[test]
fn what_cannot_come_back_is_refused_by_name() {
    for (field, value) in
        [("size", json!(1)), ("role", json!(null)), ("role", json!("a stranger")), ("note", json!(null))]
    {
        let mut live = live();
        live[field] = value;
        let error = undone(live, &["note", field]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("disk/main") && error.message().contains(field), "{error}");
    }
}
