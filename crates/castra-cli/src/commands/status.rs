//! `castra status`: the nodes and endpoints as they are.

use castra::core::spec::Problem;
use castra::core::{Item, inventory::Node};
use castra::{ClusterName, Inventory};
use serde_json::{Value, json};

use super::Desk;
use crate::arguments::ByName;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, table};
use crate::target::Target;

/// Shows the cluster of the spec, or the one that is named. That there is none is an answer, not a failure.
pub(crate) async fn run(desk: &Desk, by_name: &ByName) -> Result<Exit, Failure> {
    let target = Target::choose(by_name, &desk.file)?;
    let engine = target.engine(&desk.setup).await?;
    let look = async |session: &castra::Session| engine.status(&target.name, target.spec.as_ref(), session).await;
    let inventory = desk.console.work(|| (), look).await?;
    if desk.console.json {
        output::object(&to_json(&target.name, &inventory))?;
    } else {
        output::say(&to_text(&target.name, &inventory))?;
    }
    Ok(Exit::Done)
}

fn exists(inventory: &Inventory) -> bool {
    inventory.cluster.is_some() || !inventory.items.is_empty()
}

fn to_json(name: &ClusterName, inventory: &Inventory) -> Value {
    let object = |item: &Item| json!({ "address": item.address, "id": item.id, "status": item.status, "ownership": item.ownership });
    json!({
        "result": "status",
        "exit_code": Exit::Done.code(),
        "cluster": name,
        "scope": inventory.scope,
        "exists": exists(inventory),
        "record": inventory.cluster,
        "nodes": inventory.nodes,
        "endpoints": inventory.endpoints,
        "objects": inventory.items.iter().map(object).collect::<Vec<_>>(),
        "notes": inventory.notes,
        "problems": inventory.problems,
    })
}

fn to_text(name: &ClusterName, inventory: &Inventory) -> String {
    if !exists(inventory) {
        return format!("There is no cluster {name} on {}.\n", inventory.scope);
    }
    let mut text = format!("{name} on {}\n", inventory.scope);
    if let Some(record) = &inventory.cluster {
        let created = record.created.map(|created| format!("created {created:.0}, ")).unwrap_or_default();
        let protected = if record.protected { "protected" } else { "not protected" };
        text.push_str(&format!("{created}{protected}, uid {}\n", record.uid));
    }
    text.push('\n');
    if inventory.nodes.is_empty() {
        text.push_str("no nodes\n");
    } else {
        text.push_str(&table(&nodes(&inventory.nodes)));
    }
    if !inventory.endpoints.is_empty() {
        text.push('\n');
        let row = |endpoint: &castra::core::inventory::Endpoint| vec![endpoint.name.clone(), endpoint.url.clone()];
        let rows: Vec<Vec<String>> = inventory.endpoints.iter().map(row).collect();
        text.push_str(&table(&rows));
    }
    let notes = inventory.notes.iter().map(|note| format!("note: {note}\n"));
    let problems = inventory.problems.iter().map(|problem: &Problem| format!("problem: {problem}\n"));
    text.extend(notes.chain(problems));
    text
}

/// Primaries before secondaries, each by name.
fn nodes(nodes: &[Node]) -> Vec<Vec<String>> {
    let heading = ["NAME", "ROLE", "ZONE", "MACHINE", "TYPE", "ADDRESS", "STATE", "HEALTH"];
    let mut sorted: Vec<&Node> = nodes.iter().collect();
    sorted.sort_by_key(|node| (&node.role, &node.name));
    let row = |node: &Node| {
        let address = node.address.map_or_else(|| "-".to_owned(), |address| address.to_string());
        let Node { name, role, zone, machine, machine_type, state, health, .. } = node.clone();
        vec![name, role, zone, machine, machine_type, address, state, health]
    };
    std::iter::once(heading.map(str::to_owned).to_vec()).chain(sorted.into_iter().map(row)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use castra::core::inventory::{ClusterRecord, Endpoint, Scope};

    use super::*;

    fn inventory() -> Inventory {
        let scope = Scope { provider: "aws".into(), account: "111122223333".into(), region: "eu-central-1".into() };
        Inventory::empty(scope)
    }

    fn node(name: &str, role: &str) -> Node {
        let mut node = Node::new(name, role, format!("i-{name}"));
        (node.zone, node.machine_type) = ("eu-central-1a".into(), "m7i.xlarge".into());
        (node.state, node.health) = ("running".into(), "healthy".into());
        node.address = (role == "primary").then(|| [10, 20, 0, 4].into());
        node
    }

    #[test]
    fn nothing_there_is_an_answer() {
        let name = "demo".parse().unwrap();
        assert_eq!(
            to_text(&name, &inventory()),
            "There is no cluster demo on aws account 111122223333 in eu-central-1.\n"
        );
        assert_eq!(to_json(&name, &inventory())["exists"], false);
    }

    #[test]
    fn every_node_and_endpoint_is_shown() {
        let uid = serde_json::from_value(json!("11111111-2222-4333-8444-555555555555")).unwrap();
        let mut inventory = inventory();
        inventory.cluster = Some(ClusterRecord::new(uid).protected(true));
        inventory.nodes = vec![node("s-1", "secondary"), node("primary-0", "primary")];
        inventory.endpoints = vec![Endpoint::new("application", "https://demo.example")];
        inventory.notes = vec!["a newer image is out".into()];
        let name = "demo".parse().unwrap();
        assert_eq!(
            to_text(&name, &inventory),
            "demo on aws account 111122223333 in eu-central-1\n\
             protected, uid 11111111-2222-4333-8444-555555555555\n\n\
             NAME       ROLE       ZONE           MACHINE      TYPE        ADDRESS    STATE    HEALTH\n\
             primary-0  primary    eu-central-1a  i-primary-0  m7i.xlarge  10.20.0.4  running  healthy\n\
             s-1        secondary  eu-central-1a  i-s-1        m7i.xlarge  -          running  healthy\n\n\
             application  https://demo.example\n\
             note: a newer image is out\n"
        );
        let json = to_json(&name, &inventory);
        assert_eq!(json["nodes"][1]["machine"], "i-primary-0");
        assert_eq!(
            (&json["endpoints"][0]["name"], &json["record"]["protected"]),
            (&json!("application"), &json!(true))
        );
    }
}
