//! `castra sweep`: what clusters have left behind.

use castra::core::Item;
use castra::{Applied, Clusters, Error, Found, Life, Outcome, Place, Plan, Request, Result};
use serde_json::{Value, json};

use super::Desk;
use crate::arguments::Sweep;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, table};

/// How the removal of what one cluster left behind ended.
type End = Result<Applied>;

/// Shows every cluster of which anything shows and, if asked, removes what those that are dead have left behind.
pub(crate) async fn run(desk: &Desk, options: &Sweep) -> Result<Exit, Failure> {
    let console = &desk.console;
    if options.remove {
        console.can_ask()?;
    }
    let mut place = Place::new(&options.provider, &options.region);
    place.project.clone_from(&options.project);
    let engine = desk.setup.engine(&place).await?;
    let clusters = console.work(|| (), async |session| engine.clusters(session).await).await?;
    if !console.json {
        output::say(&to_text(options, &clusters))?;
    }
    let left: Vec<(&Found, &Plan)> = clusters.found.iter().filter_map(left_behind).collect();
    if !options.remove || left.is_empty() {
        let exit = if options.detailed_exitcode && !left.is_empty() { Exit::Changes } else { Exit::Done };
        if console.json {
            output::object(&to_json("looked", exit, &clusters, &[]))?;
        }
        return Ok(exit);
    }
    if !console.yes && !console.agrees(&question(&left), "yes").await? {
        output::say("Nothing was done.\n")?;
        return Ok(Exit::Failed);
    }
    let mut ends: Vec<(&Found, End)> = Vec::new();
    for (found, plan) in left {
        let request = Request::Sweep { cluster: &found.cluster, uid: found.uid };
        // What was shown and agreed to, or with --yes whatever is left by then.
        let expected = (!console.yes).then_some(plan);
        let end = console.work(|| (), async |session| engine.apply(request, expected, session).await).await;
        report(console, found, &end)?;
        let stopped = exit_of(&end) == Exit::Interrupted;
        ends.push((found, end));
        if stopped {
            break;
        }
    }
    let exit = ends.iter().map(|(_, end)| exit_of(end)).find(|exit| *exit != Exit::Done).unwrap_or(Exit::Done);
    if console.json {
        output::object(&to_json("swept", exit, &clusters, &ends))?;
    }
    Ok(exit)
}

fn left_behind(found: &Found) -> Option<(&Found, &Plan)> {
    match &found.life {
        Life::LeftBehind(plan) => Some((found, plan)),
        _ => None,
    }
}

fn exit_of(end: &End) -> Exit {
    match end {
        Ok(applied) => Exit::of_outcome(&applied.outcome),
        Err(error) => Exit::of(error.kind()),
    }
}

fn question(left: &[(&Found, &Plan)]) -> String {
    let objects = left.iter().map(|(found, _)| found.items.len()).sum();
    let data: Vec<String> = left
        .iter()
        .flat_map(|(found, _)| found.data().map(|item| format!("{} {} ({})", found.cluster, item.address, item.id)))
        .collect();
    let mut question = format!("Remove {}?", counted(objects, "object"));
    if !data.is_empty() {
        question.push_str(&format!(" {} data, which is lost then: {}.", holds(data.len()), data.join(", ")));
    }
    question
}

fn holds(count: usize) -> String {
    if count == 1 { "1 of them holds".to_owned() } else { format!("{count} of them hold") }
}

fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

fn report(console: &Console, found: &Found, end: &End) -> Result<()> {
    if console.json {
        return Ok(());
    }
    let who = format!("{} ({})", found.cluster, found.uid);
    for error in errors(end) {
        output::mutter(&format!("error: {who}: {error}\n"));
    }
    match end {
        Ok(Applied { outcome: Outcome::Complete, done, .. }) => {
            output::say(&format!("{who}: {} removed.\n", counted(*done, "object")))
        }
        Ok(applied) => output::say(&format!(
            "{who}: {}, {} removed, {} not begun. Sweep again to go on.\n",
            applied.outcome.name(),
            counted(applied.done, "object"),
            applied.skipped
        )),
        Err(_) => output::say(&format!("{who}: nothing was removed.\n")),
    }
}

fn errors(end: &End) -> &[Error] {
    match end {
        Ok(Applied { outcome: Outcome::Failed(errors), .. }) => errors,
        Ok(_) => &[],
        Err(error) => std::slice::from_ref(error),
    }
}

fn word(life: &Life) -> &'static str {
    match life {
        Life::Alive(_) => "alive",
        Life::LeftBehind(_) => "left behind",
        _ => "unclear",
    }
}

fn to_text(options: &Sweep, clusters: &Clusters) -> String {
    let Clusters { scope, found, notes, .. } = clusters;
    if found.is_empty() {
        let notes: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
        return format!("Nothing of any cluster is on {scope}.\n{notes}");
    }
    let heading = ["CLUSTER", "UID", "CREATED", "OBJECTS", "STATE"].map(str::to_owned).to_vec();
    let row = |found: &Found| {
        let created = match &found.life {
            Life::Alive(record) => record.created.map(|created| format!("{created:.0}")),
            _ => None,
        };
        let created = created.unwrap_or_else(|| "-".to_owned());
        let objects = found.items.len().to_string();
        vec![found.cluster.to_string(), found.uid.to_string(), created, objects, word(&found.life).to_owned()]
    };
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(found.iter().map(row)).collect();
    let mut text = format!("{scope}\n\n{}", table(&rows));
    for found in found.iter().filter(|found| left_behind(found).is_some()) {
        let row = |item: &Item| {
            let data = if item.kind.holds_data() { "holds data" } else { "" };
            vec![format!("  {}", item.address), item.id.clone(), data.to_owned()]
        };
        let rows: Vec<Vec<String>> = found.items.iter().map(row).collect();
        text.push_str(&format!("\n{} ({}) is left behind:\n{}", found.cluster, found.uid, table(&rows)));
    }
    text.push('\n');
    let project = options.project.iter().map(|project| format!(" --project {project}")).collect::<String>();
    let place = format!("--provider {} --region {}{project}", options.provider, options.region);
    for found in found {
        match &found.life {
            Life::Alive(_) => {
                let bare = if found.items.len() == 1 { " It has its anchor and nothing else." } else { "" };
                text.push_str(&format!(
                    "{} is alive, so a sweep leaves it alone.{bare} `castra destroy --name {} {place}` removes it.\n",
                    found.cluster, found.cluster
                ));
            }
            Life::LeftBehind(_) => {}
            _ => text.push_str(&format!(
                "The anchor of {} can't be read, so nobody knows whether it is alive; a sweep leaves it alone.\n",
                found.cluster
            )),
        }
    }
    let left: Vec<usize> = found.iter().filter_map(left_behind).map(|(found, _)| found.items.len()).collect();
    match (left.len(), options.remove) {
        (0, _) => text.push_str("Nothing is left behind.\n"),
        (_, true) => {}
        (_, false) => text.push_str(&format!(
            "Left behind: {} of {}. `castra sweep {place} --remove` removes what is left behind.\n",
            counted(left.iter().sum(), "object"),
            counted(left.len(), "dead cluster")
        )),
    }
    text.extend(notes.iter().map(|note| format!("note: {note}\n")));
    text
}

fn to_json(result: &str, exit: Exit, clusters: &Clusters, ends: &[(&Found, End)]) -> Value {
    let object = |item: &Item| json!({ "address": item.address, "id": item.id, "status": item.status, "holds_data": item.kind.holds_data() });
    let removal = |end: &End| {
        let errors: Vec<Value> = errors(end).iter().map(Error::to_json).collect();
        let (result, done) = match end {
            Ok(applied) => (applied.outcome.name(), applied.done),
            Err(_) => ("error", 0),
        };
        json!({ "result": result, "exit_code": exit_of(end).code(), "done": done, "errors": errors })
    };
    let cluster = |found: &Found| {
        let end = ends.iter().find(|(one, _)| one.cluster == found.cluster && one.uid == found.uid);
        let record = match &found.life {
            Life::Alive(record) => Some(record),
            _ => None,
        };
        json!({
            "cluster": found.cluster.as_str(),
            "uid": found.uid,
            "state": word(&found.life).replace(' ', "_"),
            "record": record,
            "objects": found.items.iter().map(object).collect::<Vec<_>>(),
            "removal": end.map(|(_, end)| removal(end)),
        })
    };
    json!({
        "result": result,
        "exit_code": exit.code(),
        "scope": clusters.scope,
        "clusters": clusters.found.iter().map(cluster).collect::<Vec<_>>(),
        "notes": clusters.notes,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use castra::ErrorKind;
    use castra::core::inventory::{ClusterRecord, Scope};

    use super::*;

    const UID: &str = "11111111-2222-4333-8444-555555555555";

    fn options() -> Sweep {
        Sweep {
            provider: "aws".into(),
            region: "eu-central-1".into(),
            project: None,
            remove: false,
            detailed_exitcode: false,
        }
    }

    fn clusters(found: Vec<Found>) -> Clusters {
        let scope = Scope { provider: "aws".into(), account: "111122223333".into(), region: "eu-central-1".into() };
        let mut clusters = Clusters::new(scope);
        clusters.found = found;
        clusters.notes.push("tagged demo without a uid".into());
        clusters
    }

    fn found(name: &str, life: Life) -> Found {
        Found::new(name.parse().unwrap(), UID.parse().unwrap(), life)
    }

    fn alive() -> Life {
        Life::Alive(ClusterRecord::new(UID.parse().unwrap()))
    }

    fn dead() -> Life {
        let plan = json!({
            "format": 1, "purpose": "destroy", "cluster": "dead", "uid": UID, "fingerprint": "", "hash": "",
            "scope": { "provider": "aws", "account": "a", "region": "r" }, "notes": [], "steps": [],
        });
        Life::LeftBehind(serde_json::from_value(plan).unwrap())
    }

    #[test]
    fn each_cluster_is_shown_with_what_removes_it() {
        let text = to_text(&options(), &clusters(vec![found("demo", alive()), found("dead", dead())]));
        for said in [
            "demo     11111111-2222-4333-8444-555555555555  -        0        alive\n",
            "dead     11111111-2222-4333-8444-555555555555  -        0        left behind\n",
            "`castra destroy --name demo --provider aws --region eu-central-1` removes it.\n",
            "dead (11111111-2222-4333-8444-555555555555) is left behind:\n",
            "note: tagged demo without a uid\n",
        ] {
            assert!(text.contains(said), "{said}{text}");
        }
        let nothing = to_text(&options(), &clusters(Vec::new()));
        assert!(nothing.starts_with("Nothing of any cluster is on aws account 111122223333"), "{nothing}");
    }

    #[test]
    fn programs_learn_how_each_removal_ended() {
        let clusters = clusters(vec![found("demo", alive()), found("dead", dead())]);
        let end = Err(Error::new(ErrorKind::Locked, "held"));
        let json = to_json("swept", exit_of(&end), &clusters, &[(&clusters.found[1], end)]);
        assert_eq!((&json["exit_code"], &json["clusters"][0]["state"]), (&json!(4), &json!("alive")));
        assert_eq!(json["clusters"][0]["removal"], Value::Null);
        assert_eq!(json["clusters"][1]["state"], "left_behind");
        assert_eq!(json["clusters"][1]["removal"]["errors"][0]["message"], "held", "{json}");
    }
}
