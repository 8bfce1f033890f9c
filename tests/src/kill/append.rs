//! What an append to a journal says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use castra_engine::journal::{Entry, OpenIntent};
use serde::Deserialize;
use serde_json::Value;

/// What a sign of life is called.
pub(super) const RENEWAL: &str = "renewal";

/// As much of a record as matters here.
#[derive(Deserialize)]
struct Record {
    entries: Vec<Entry>,
}

/// The entries of the record that a request with these parameters appends, in words; none if it appends no record.
pub(super) fn entries(parameters: &Value) -> Option<Vec<String>> {
    let body = STANDARD.decode(parameters.get("Body")?.as_str()?).ok()?;
    let record: Record = serde_json::from_slice(&body).ok()?;
    Some(record.entries.iter().map(words).collect())
}

/// The entry that an append is known by: one that doesn't depend on when the append was made, and one that it was made
/// for rather than one that came along.
pub(super) fn chief(entries: &[String]) -> Option<&String> {
    let steady = || entries.iter().filter(|entry| *entry != RENEWAL);
    steady().find(|entry| !entry.starts_with("done ")).or_else(|| steady().next()).or_else(|| entries.first())
}

fn words(entry: &Entry) -> String {
    match entry {
        Entry::Acquire { .. } => "lease taken".into(),
        Entry::Renew => RENEWAL.into(),
        Entry::Release => "lease released".into(),
        Entry::RunStarted { .. } => "run started".into(),
        Entry::Intent(OpenIntent { address, action, .. }) => format!("intent {action} {address}"),
        Entry::Done { address, action, .. } => format!("done {action} {address}"),
        Entry::Failed { address, action, .. } => format!("failed {action} {address}"),
        Entry::RunFinished { outcome, .. } => format!("run finished {outcome}"),
        Entry::Destroyed { .. } => "destroyed".into(),
        _ => "an entry".into(),
    }
}
