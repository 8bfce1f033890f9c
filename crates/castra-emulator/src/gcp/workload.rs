//! What runs on instances: where they listen, and since when.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::resource::{Document, list, text};
use crate::Seconds;
use crate::aws::Ports;
use crate::clock::later;
use crate::pattern::like;

/// What is taken to run on the project's instances. Emulated machines run nothing, so that nothing listens on them
/// unless a rule here says that it does: health comes only from here.
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
    /// Those with one of these names, which may have wildcards.
    Names(Vec<String>),
    /// Those with all of these labels.
    Labels(BTreeMap<String, String>),
    /// Those with one of these network tags.
    Tags(Vec<String>),
}

impl Default for Listens {
    fn default() -> Self {
        Self { instances: Instances::All, ports: Ports::All, after: Seconds(0.0), until: None, status: 200 }
    }
}

impl Listens {
    fn is_about(&self, instance: &Document, port: u16) -> bool {
        let on_instance = match &self.instances {
            Instances::All => true,
            Instances::Names(names) => names.iter().any(|name| like(name, text(instance, "name"))),
            Instances::Labels(labels) => labels.iter().all(|(key, value)| {
                let has = instance.get("labels").and_then(|labels| labels.get(key)?.as_str());
                has == Some(value)
            }),
            Instances::Tags(tags) => {
                let has = instance.get("tags").and_then(Value::as_object);
                let has = has.map_or(&[][..], |has| list(has, "items"));
                has.iter().filter_map(Value::as_str).any(|tag| tags.iter().any(|wanted| wanted == tag))
            }
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

impl Workload {
    /// How an instance that has run since that moment does on that port.
    pub(crate) fn at(&self, instance: &Document, running_since: Timestamp, port: u16, now: Timestamp) -> Listening {
        let mut listening = Listening { status: None, next: None };
        for rule in self.listens.iter().filter(|rule| rule.is_about(instance, port)) {
            let moment = |after: Seconds| later(running_since, Duration::from(after));
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
