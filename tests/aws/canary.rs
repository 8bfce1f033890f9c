//! Secrets go to the cloud in signatures and nowhere else.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_ec2::types::InstanceAttributeName;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use castra_core::spec::Spec;
use castra_emulator::Pace;
use castra_engine::engine::Request;
use castra_engine::store::StateUrl;
use castra_tests::{Lab, record};
use flate2::read::GzDecoder;

/// What must not show up anywhere.
const SECRET: &str = "canary-secret-1f0c";
const TOKEN: &str = "canary-token-77ab";

/// Texts that were looked through, and where they are from.
#[derive(Default)]
struct Searched {
    places: Vec<String>,
    found: Vec<String>,
}

impl Searched {
    fn look(&mut self, place: &str, text: &str) {
        self.places.push(place.to_owned());
        if text.contains("canary") {
            self.found.push(place.to_owned());
        }
    }
}

#[tokio::test]
async fn credentials_show_up_nowhere() -> Result<()> {
    let mut lab = Lab::open().await?;
    if let Some(emulator) = lab.emulator() {
        // A disk takes its time, of which a clock that jumps knows nothing.
        emulator.clock().set_pace(Pace::Scaled(60.0));
    }
    let journals = lab.folder().join("state");
    lab.keep_journals(StateUrl::File(journals.clone())).await;
    let engine = lab.engine_by(&lab.endpoint, SECRET, Some(TOKEN.to_owned())).await;
    let spec = lab.spec(&[])?;
    let mut searched = Searched::default();

    let (plan, trace) = record(async |session| engine.plan(Request::Apply(&spec), session).await).await;
    let plan = plan?;
    searched.look("plan as text", &plan.to_text());
    searched.look("plan as JSON", &serde_json::to_string(&plan)?);
    searched.look("events of the plan", &serde_json::to_string(&trace.events)?);
    let (applied, trace) = record(async |session| engine.apply(Request::Apply(&spec), None, session).await).await;
    searched.look("outcome", &format!("{:?}", applied?));
    searched.look("events of the run", &serde_json::to_string(&trace.events)?);
    ensure!(trace.events.len() > 100, "the run has events");
    let (inventory, _) = record(async |session| engine.status(&spec.name, Some(&spec), session).await).await;
    let inventory = inventory?;
    for item in &inventory.items {
        searched.look("live fields and tags", &format!("{item:?} {}", item.fields));
    }
    for node in inventory.nodes.iter().filter(|node| node.role == "primary") {
        let request = lab.cloud.ec2.describe_instance_attribute().instance_id(&node.machine);
        let answer = request.attribute(InstanceAttributeName::UserData).send().await?;
        let packed = answer.user_data().and_then(|one| one.value()).context("user data")?;
        searched.look("user data", &unpacked(packed)?);
    }
    let errors = errors(&lab, &spec).await?;
    searched.look("errors", &errors);
    let files = files(&journals, &mut searched)?;

    ensure!(files > 0, "the journal has files");
    ensure!(searched.found.is_empty(), "a secret shows up in: {:?}", searched.found);
    ensure!(searched.places.iter().filter(|place| *place == "user data").count() == 3);
    Ok(())
}

/// Errors of every sort that is at hand: the cloud isn't there, and the spec is wrong for it.
async fn errors(lab: &Lab, spec: &Spec) -> Result<String> {
    // Nothing listens at port 1.
    let nowhere = lab.engine_by("http://127.0.0.1:1", SECRET, Some(TOKEN.to_owned())).await;
    let (gone, trace) = record(async |session| nowhere.plan(Request::Apply(spec), session).await).await;
    let gone = gone.err().context("there is no cloud")?;
    let engine = lab.engine_by(&lab.endpoint, SECRET, Some(TOKEN.to_owned())).await;
    let wrong =
        lab.spec(&[("[primaries]\nmachine_type = \"m7i.xlarge\"", "[primaries]\nmachine_type = \"m7i.huge\"")])?;
    let (wrong, _) = record(async |session| engine.plan(Request::Apply(&wrong), session).await).await;
    let wrong = wrong.err().context("the spec is wrong")?;
    Ok(format!(
        "{gone} {gone:?} {} {wrong} {wrong:?} {:?}",
        serde_json::to_string(&trace.events)?,
        engine.backend().name()
    ))
}

/// The text of gzipped and encoded user data.
fn unpacked(packed: &str) -> Result<String> {
    let mut script = String::new();
    GzDecoder::new(STANDARD.decode(packed)?.as_slice()).read_to_string(&mut script)?;
    ensure!(script.starts_with("#!"), "it is a script");
    Ok(script)
}

/// Looks through all files below a folder; returns how many there are.
fn files(folder: &Path, searched: &mut Searched) -> Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            count += files(&path, searched)?;
        } else {
            searched.look("journal", &String::from_utf8_lossy(&std::fs::read(&path)?));
            count += 1;
        }
    }
    Ok(count)
}
