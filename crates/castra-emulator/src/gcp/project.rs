//! One emulated project: everything that it holds, and what is due to happen to it.

use std::time::Duration;

use jiff::Timestamp;

use super::dns::Zones;
use super::iam::Accounts;
use super::operation::{self, Operations};
use super::policy::Policy;
use super::resource::{Document, Resources};
use super::scope::Key;
use super::secrets::Secrets;
use super::{Settings, compute};
use crate::chance::Chance;
use crate::clock::later;
use crate::queue::Queue;
use crate::registry::Holding;
use crate::sight::Sight;

/// A project. Cloning one is a snapshot.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) id: String,
    /// Its number, as service accounts' and some links' names hold it.
    pub(crate) number: u64,
    pub(crate) settings: Settings,
    pub(crate) chance: Chance,
    pub(crate) sight: Sight,
    queue: Queue<Due>,
    /// The project's time; behind the clock's by what restored snapshots have set it back.
    pub(crate) now: Timestamp,
    /// When it came to be.
    pub(crate) created: Timestamp,
    /// The metadata that its instances share.
    pub(crate) metadata: Document,
    /// What Compute Engine holds.
    pub(crate) resources: Resources,
    pub(crate) operations: Operations,
    /// Who may do what in it.
    pub(crate) policy: Policy,
    pub(crate) accounts: Accounts,
    pub(crate) secrets: Secrets,
    pub(crate) zones: Zones,
    /// How the members of backend services do.
    pub(crate) health: compute::Health,
    /// What managed groups hold besides their documents.
    pub(crate) managers: compute::Groups,
}

/// Something that is due to happen.
#[derive(Debug, Clone)]
enum Due {
    /// An operation starts to run, ends, or is forgotten.
    Operation { name: String, step: operation::Step },
    /// Something happens to a resource, if it is still the one of that number.
    Resource { key: Key, id: u64, happen: fn(&mut Project, &Key) },
    /// Something else happens to what has that name.
    Other { name: String, happen: fn(&mut Project, &str) },
}

impl Holding for Project {
    type Settings = Settings;

    fn new(id: &str, settings: Settings, seed: u64, now: Timestamp) -> Self {
        let mut chance = Chance::of(seed, id);
        Self {
            id: id.to_owned(),
            // Twelve digits or so (https://cloud.google.com/resource-manager/docs/creating-managing-projects).
            number: 100_000_000_000 + chance.below(900_000_000_000),
            sight: Sight::new(chance.next()),
            settings,
            chance,
            queue: Queue::default(),
            now,
            created: now,
            metadata: compute::no_metadata(),
            resources: Resources::default(),
            operations: Operations::default(),
            policy: Policy::default(),
            accounts: Accounts::default(),
            secrets: Secrets::default(),
            zones: Zones::default(),
            health: compute::Health::default(),
            managers: compute::Groups::default(),
        }
    }

    fn advance(&mut self, now: Timestamp) {
        let now = self.queue.time(now).max(self.now);
        let mut moved = false;
        loop {
            // Those who watch see what happens at one moment all at once.
            if moved && self.queue.next_at().is_none_or(|at| at > self.now) {
                self.settle();
                moved = false;
                continue;
            }
            let Some((at, due)) = self.queue.pop_due(now) else { break };
            self.now = self.now.max(at);
            moved = true;
            match due {
                Due::Operation { name, step } => operation::step(self, &name, step),
                Due::Resource { key, id, happen } => {
                    if self.resources.get(&key).is_some_and(|resource| resource.id == id) {
                        happen(self, &key);
                    }
                }
                Due::Other { name, happen } => happen(self, &name),
            }
        }
        self.now = now;
    }

    fn due(&self) -> Option<Timestamp> {
        self.queue.due()
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.settle();
    }
}

impl Project {
    /// Lets everyone who watches see what a request, time or new settings have changed.
    pub(crate) fn settle(&mut self) {
        for watch in compute::WATCHERS {
            watch(self);
        }
    }

    /// Lets something happen to a resource after that long, if it is still there then.
    pub(crate) fn schedule(&mut self, key: &Key, after: impl Into<Duration>, happen: fn(&mut Self, &Key)) {
        let Some(id) = self.resources.get(key).map(|resource| resource.id) else { return };
        let at = later(self.now, after.into());
        self.queue.schedule(at, Due::Resource { key: key.clone(), id, happen });
    }

    /// Lets something happen to what has that name after that long.
    pub(crate) fn schedule_other(&mut self, name: &str, after: impl Into<Duration>, happen: fn(&mut Self, &str)) {
        let at = later(self.now, after.into());
        self.queue.schedule(at, Due::Other { name: name.to_owned(), happen });
    }

    pub(super) fn schedule_operation(&mut self, name: &str, after: impl Into<Duration>, step: operation::Step) {
        let at = later(self.now, after.into());
        self.queue.schedule(at, Due::Operation { name: name.to_owned(), step });
    }

    /// This snapshot, brought back when the clock shows `now`: the project's time goes on where it stopped.
    pub(crate) fn restored(&self, now: Timestamp) -> Self {
        let mut project = self.clone();
        project.queue.set_back(self.now, now);
        project
    }

    /// Makes its chance from another seed, from now on.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.chance = Chance::of(seed, &self.id);
        self.sight = Sight::new(self.chance.next());
    }

    /// Whether lists show by now what is there since that moment: each resource has a moment of its own within the
    /// project's window (see [`super::Consistency`]).
    pub(crate) fn shows(&self, id: u64, since: Timestamp) -> bool {
        let consistency = &self.settings.consistency;
        let age = self.now.duration_since(since);
        self.sight.sees(&id.to_string(), age, consistency.list_window.into(), consistency.flapping)
    }

    /// A number for something new: 64 bits, of which the highest is never set.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.chance.next() >> 1
    }
}

/// A moment as Google writes it: RFC 3339 with milliseconds and Pacific time's offset
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/instances/get>), of which only the instant counts.
pub(crate) fn rfc3339(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3f-00:00").to_string()
}

/// A moment as google.rpc's services write it: RFC 3339, in UTC.
pub(crate) fn utc(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
