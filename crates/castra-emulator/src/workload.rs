//! What runs on instances: where they listen, and since when.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Seconds;
use crate::clock::later;
use crate::pattern::like;

/// What is taken to run on the instances of an account or a project. Emulated machines run nothing, so that nothing listens on them
/// unless a rule here says that it does.
///
/// ```
/// use castra_emulator::{Instances, Listens, Ports, Seconds, Workload};
///
/// let mut web = Listens::default();
/// web.instances = Instances::Tags([("role".to_owned(), "web".to_owned())].into());
/// web.ports = Ports::These(vec![80, 443]);
/// web.after = Seconds(20.0);
/// let mut workload = Workload::default();
/// workload.listens.push(web);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Workload {
    /// Of several rules that apply to an instance and a port, the first that is in force counts.
    pub listens: Vec<Listens>,
}

/// A rule: these instances listen on these ports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Listens {
    /// Which instances.
    pub instances: Instances,
    /// On which ports.
    pub ports: Ports,
    /// From so long after the instance runs: what booting and starting take. Each start of the instance counts anew.
    pub after: Seconds,
    /// Until so long after the instance runs; for good if there is none.
    pub until: Option<Seconds>,
    /// What it answers to HTTP.
    pub status: u16,
}

/// Instances that a rule is about.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Instances {
    /// Every one.
    #[default]
    All,
    /// Those with these ids; Google Cloud's have names, which may be given with wildcards.
    #[serde(alias = "names")]
    Ids(Vec<String>),
    /// Those with all of these tags; Google Cloud's have labels.
    #[serde(alias = "labels")]
    Tags(BTreeMap<String, String>),
}

/// Ports that a rule is about.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ports {
    /// Every one.
    #[default]
    All,
    /// These.
    These(Vec<u16>),
}

impl Default for Listens {
    fn default() -> Self {
        Self { instances: Instances::All, ports: Ports::All, after: Seconds(0.0), until: None, status: 200 }
    }
}

impl Listens {
    fn is_about(&self, machine: &impl Machine, port: u16) -> bool {
        let on_instance = match &self.instances {
            Instances::All => true,
            Instances::Ids(ids) => ids.iter().any(|id| like(id, machine.id())),
            Instances::Tags(tags) => tags.iter().all(|(key, value)| machine.tag(key) == Some(value)),
        };
        on_instance
            && match &self.ports {
                Ports::All => true,
                Ports::These(ports) => ports.contains(&port),
            }
    }
}

/// How an instance does on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listening {
    /// What it answers to HTTP, if it listens.
    pub(crate) status: Option<u16>,
    /// When that may change by itself.
    pub(crate) next: Option<Timestamp>,
}

/// An instance of either cloud.
pub(crate) trait Machine {
    /// What rules know it by.
    fn id(&self) -> &str;

    /// The value of one of its tags.
    fn tag(&self, key: &str) -> Option<&str>;

    /// Since when it has run, if it runs.
    fn running_since(&self) -> Option<Timestamp>;
}

impl Workload {
    /// How that instance does on that port.
    pub(crate) fn listening(&self, machine: &impl Machine, port: u16, now: Timestamp) -> Listening {
        let mut listening = Listening { status: None, next: None };
        let Some(since) = machine.running_since() else { return listening };
        for rule in self.listens.iter().filter(|rule| rule.is_about(machine, port)) {
            let moment = |after: Seconds| later(since, Duration::from(after));
            let (from, until) = (moment(rule.after), rule.until.map(moment));
            let begun = from <= now;
            let over = until.is_some_and(|until| until <= now);
            let coming = if begun { until.filter(|_| !over) } else { Some(from) };
            listening.next = [listening.next, coming].into_iter().flatten().min();
            if begun && !over && listening.status.is_none() {
                listening.status = Some(rule.status);
            }
        }
        listening
    }
}
