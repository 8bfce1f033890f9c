//! Kinds that differ in what the planner asks of a kind, and a scene of what is wanted and what exists.

use async_trait::async_trait;
use castra_core::inventory::Scope;
use castra_core::plan::{Plan, Purpose};
use castra_core::resource::{At, Found, Node, Recovery};
use castra_core::{Error, ErrorKind, Graph, Inventory, Item, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{UID, ask_of};
use crate::testing::FakeCloud;

fn not_asked<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unexpected, "the planner carries nothing out"))
}

/// A kind whose wanted fields are whatever the test says. `shape` can't change in place.
macro_rules! kind {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $recovery:ident $(, $constant:ident: $type:ty = $value:expr)*) => {
        $(#[$doc])*
        #[derive(Debug, Serialize, Deserialize)]
        pub(super) struct $name(pub(super) Value);

        #[async_trait]
        impl Kind for $name {
            const KIND: &'static str = $kind;
            const RECOVERY: Recovery = Recovery::$recovery;
            const REPLACE: &'static [&'static str] = &["shape"];
            $(const $constant: $type = $value;)*
            type Output = String;
            type Cloud = FakeCloud;

            async fn find(&self, _: &At<'_, FakeCloud>) -> Result<Option<Found<String>>> {
                not_asked()
            }

            async fn create(&self, _: &At<'_, FakeCloud>) -> Result<String> {
                not_asked()
            }

            async fn delete(_: &At<'_, FakeCloud>, _: &String) -> Result<()> {
                not_asked()
            }
        }
    };
}

kind!(
    /// The first made and the last deleted; nothing refers to it.
    Anchor, "anchor", Tagged
);
kind!(
    /// What machines use without a field that says so.
    Net, "net", Tagged, DELETE_AFTER: &'static [&'static str] = &["machine"]
);
kind!(
    /// Replaced one after the other.
    Machine, "machine", Token, ONE_AT_A_TIME: bool = true
);
kind!(
    /// The operator's data.
    Disk, "disk", Token, HOLDS_DATA: bool = true
);
kind!(
    /// A change in place is worth a note, and an undo makes it again.
    Template, "template", Named,
    UPDATE_NOTE: Option<&'static str> = Some("machines that run stay as they are"),
    COMES_BACK: bool = true
);
kind!(
    /// A part of another object, by whose id it goes.
    Rules, "rules", Part
);

/// What is wanted and what exists.
pub(super) struct Scene {
    pub(super) graph: Graph,
    pub(super) inventory: Inventory,
}

impl Scene {
    pub(super) fn new() -> Self {
        let scope = Scope { provider: "fake".into(), account: "1".into(), region: "here".into() };
        Self { graph: Graph::new(), inventory: Inventory::empty(scope) }
    }

    pub(super) fn want<K: Kind>(&mut self, name: &str, wanted: K) {
        self.graph.add(Node::new(name, wanted));
    }

    /// An object that exists, is ours and in service, unless the test changes that.
    pub(super) fn put<K: Kind<Output = String>>(&mut self, id: &str, name: &str, live: Value) -> &mut Item {
        self.inventory.items.push(Item::new::<K>(name, live, id.to_owned()).uid(Some(UID)));
        self.inventory.items.last_mut().unwrap()
    }

    pub(super) fn apply(&self) -> Result<Plan> {
        ask_of(&self.graph, &self.inventory, Purpose::Apply, &[])
    }

    pub(super) fn destroy(&self) -> Result<Plan> {
        ask_of(&self.graph, &self.inventory, Purpose::Destroy, &[])
    }

    /// Of a run that made the objects with these ids.
    pub(super) fn undo(&self, made: &[&str]) -> Result<Plan> {
        ask_of(&self.graph, &self.inventory, Purpose::Undo, made)
    }
}

/// Steps as `action id`, in order; of a creation, which has no id yet, the name.
pub(super) fn acts(plan: &Plan) -> Vec<String> {
    let object = |step: &castra_core::Step| step.id.clone().unwrap_or_else(|| step.address.name().to_owned());
    plan.steps.iter().map(|step| format!("{} {}", step.action, object(step))).collect()
}
