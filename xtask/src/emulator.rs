//! The emulator's own program, and what its control API is used for.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::http::Client;
use crate::server::Server;

/// A running `castra-emulator`; dropping it stops it.
pub(crate) struct Emulator(Server);

/// One call that was answered, or that nobody waited for any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The service, for example `ec2` or `compute`.
    pub(crate) service: String,
    /// The operation, for example `RunInstances` or `instances.insert`.
    pub(crate) operation: String,
    /// Whether it may change something.
    pub(crate) changing: bool,
    /// The answer's status; 0 if there was none.
    pub(crate) status: u64,
    /// When the request had arrived, by the emulator's clock.
    pub(crate) start: Duration,
    /// When the answer was on its way back.
    pub(crate) end: Duration,
}

/// Something that an account holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    /// What it is: on AWS as its tags name kinds, `instance`; on Google Cloud the collection that it is in, `instances`.
    pub(crate) kind: String,
    /// Its id.
    pub(crate) id: String,
    /// Its state, where it has one that outlives it.
    pub(crate) state: Option<String>,
}

impl Object {
    /// Whether it is gone, and only listed for a while yet as AWS lists it.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.state.as_deref(), Some("terminated" | "deleted"))
    }
}

impl Emulator {
    /// Starts one on a free loopback port and returns when it accepts calls.
    pub(crate) fn start(program: &Path, cloud: Cloud, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(program);
        command.args([cloud.name(), "--port", "0", "--leash"]).args(arguments);
        Server::start(command).map(Self)
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        self.0.endpoint()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.0.pid()
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let answer = Client::connect(self.endpoint())?.control(method, path, &body.to_string())?;
        serde_json::from_str(&answer).with_context(|| format!("{method} {path} answers JSON"))
    }

    /// Lets so many emulated seconds pass at once.
    pub(crate) fn pass(&self, seconds: u32) -> Result<()> {
        self.control("POST", "clock", &json!({ "advance_seconds": seconds }))?;
        Ok(())
    }

    /// Changes how an account behaves: a JSON merge patch.
    pub(crate) fn set(&self, account: &str, changes: &Value) -> Result<()> {
        self.control("PATCH", &format!("accounts/{account}/settings"), changes)?;
        Ok(())
    }

    /// Lets something go wrong, in the control API's own words, for as long as the returned value lives.
    pub(crate) fn fault(&self, fault: &Value) -> Result<Fault<'_>> {
        let id = self.control("POST", "faults", fault)?["id"].as_u64().context("a fault has an id")?;
        Ok(Fault { emulator: self, id })
    }

    /// Whether a call is held now.
    pub(crate) fn holds(&self) -> Result<bool> {
        let held = self.control("GET", "held", &json!({}))?;
        Ok(held["held"].as_array().is_some_and(|calls| !calls.is_empty()))
    }

    /// The calls since the last time this was asked, in the order in which they came.
    pub(crate) fn take_calls(&self) -> Result<Vec<Call>> {
        let log = self.control("GET", "log", &json!({}))?;
        self.control("DELETE", "log", &json!({}))?;
        log["entries"].as_array().into_iter().flatten().map(call).collect()
    }

    /// Everything that an account holds, by the emulator's own listing; what the cloud puts into every account left out.
    pub(crate) fn objects(&self, account: &str) -> Result<Vec<Object>> {
        let listed = self.control("GET", &format!("accounts/{account}"), &json!({}))?;
        listed["objects"].as_array().into_iter().flatten().map(object).collect()
    }
}

/// Something that goes wrong; dropping it ends it, and lets go of the calls that it holds.
pub(crate) struct Fault<'a> {
    emulator: &'a Emulator,
    id: u64,
}

impl Fault<'_> {
    /// How many calls it has befallen.
    pub(crate) fn befallen(&self) -> Result<u64> {
        let faults = self.emulator.control("GET", "faults", &json!({}))?;
        let mut listed = faults["faults"].as_array().into_iter().flatten();
        let ours = listed.find(|fault| fault["id"] == self.id);
        ours.and_then(|fault| fault["befallen"].as_u64()).context("the fault is in force")
    }
}

impl Drop for Fault<'_> {
    fn drop(&mut self) {
        // An emulator that is gone has no faults.
        let _ = self.emulator.control("DELETE", &format!("faults/{}", self.id), &json!({}));
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("{value} is not text"))
}

fn call(entry: &Value) -> Result<Call> {
    let moment = |name: &str| -> Result<Duration> {
        let moment: Timestamp = text(&entry[name])?.parse()?;
        Ok(moment.as_duration().unsigned_abs())
    };
    let subject = &entry["subject"];
    Ok(Call {
        service: text(&subject["service"])?,
        operation: text(&subject["operation"])?,
        changing: subject["changing"].as_bool().unwrap_or_default(),
        status: entry["outcome"]["status"].as_u64().unwrap_or_default(),
        start: moment("at")?,
        end: moment("ended")?,
    })
}

fn object(object: &Value) -> Result<Object> {
    let state = object["state"].as_str().map(str::to_owned);
    Ok(Object { kind: text(&object["kind"])?, id: text(&object["id"])?, state })
}
