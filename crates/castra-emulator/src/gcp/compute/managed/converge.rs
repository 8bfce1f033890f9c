//! A managed group brings its instances to what its document wants.

use std::time::Duration;

use jiff::Timestamp;

use super::level::{self, Level};
use super::member::{Action, Failure, Managed, Member, Stage, Version, instance};
use super::observe;
use super::plan::{State, Step, View, plan};
use super::versions;
use super::wants::{self, Wants};
use crate::clock::later;
use crate::gcp::compute::{instance as instances, instance_group, reference};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Phase, text};
use crate::gcp::scope::Key;
use crate::gcp::settings::Settings;

/// How often a group looks again at one moment after it has done something.
const ROUNDS: usize = 8;

/// Lets every group do what there is to do now.
pub(crate) fn converge(project: &mut Project) {
    let keys: Vec<Key> = project.managers.keys().cloned().collect();
    for key in keys {
        let Some(mut group) = project.managers.remove(&key) else { continue };
        one(project, &key, &mut group);
        project.managers.insert(key, group);
    }
}

fn one(project: &mut Project, key: &Key, group: &mut Managed) {
    for _ in 0..ROUNDS {
        let Some(resource) = project.resources.get(key).filter(|resource| resource.phase != Phase::Coming) else {
            return;
        };
        let mut wants = Wants::of(project, resource);
        let now = project.now;
        group.exhausted.retain(|_, until| *until > now);
        wants.aim.exhausted = group.exhausted.keys().cloned().collect();
        let mut turn = Turn { project, key, group, wants, changed: false, next: None };
        turn.observe();
        if turn.wants.ends {
            turn.leave_all();
        } else {
            turn.apply_what_is_asked();
            turn.act();
        }
        let (changed, next) = (turn.changed, turn.next);
        if !changed {
            wake(project, key, group, next);
            return;
        }
    }
    let soon = later(project.now, Duration::from_secs(1));
    wake(project, key, group, Some(soon));
}

/// Has the group looked at again then.
fn wake(project: &mut Project, key: &Key, group: &mut Managed, next: Option<Timestamp>) {
    let Some(next) = next else { return };
    if group.wake.is_none_or(|wake| wake > next || wake <= project.now) {
        group.wake = Some(next);
        let after = Duration::try_from(next.duration_since(project.now)).unwrap_or_default();
        project.schedule(key, after, |_, _| {});
    }
}

/// What is being done for a group at a moment.
pub(super) struct Turn<'t> {
    pub(super) project: &'t mut Project,
    pub(super) key: &'t Key,
    pub(super) group: &'t mut Managed,
    pub(super) wants: Wants,
    /// Whether something was done, so that there may be more to do.
    pub(super) changed: bool,
    /// When there may be something to do, if nothing else happens.
    pub(super) next: Option<Timestamp>,
}

impl Turn<'_> {
    /// Has the group looked at again at that moment.
    pub(super) fn look_again(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    fn observe(&mut self) {
        let names: Vec<String> = self.group.members.keys().cloned().collect();
        for name in names {
            let Some(mut member) = self.group.members.remove(&name) else { continue };
            let before = (member.stage.clone(), member.action);
            let stays = observe::member(self, &name, &mut member);
            self.changed |= !stays || before != (member.stage.clone(), member.action);
            if stays {
                self.group.members.insert(name, member);
            }
        }
    }

    /// The group is being deleted.
    fn leave_all(&mut self) {
        self.group.pending = false;
        let names: Vec<String> = self.group.members.keys().cloned().collect();
        for name in names {
            let gone = Stage::Leaving { again: false, for_update: false };
            if self.group.members.get(&name).is_some_and(|member| member.stage != gone) {
                self.let_go(&name, gone);
            }
        }
    }

    /// Does to members what they were chosen for, whatever the group's policy.
    fn apply_what_is_asked(&mut self) {
        let outdated = self.outdated();
        let names: Vec<String> = self.group.members.keys().cloned().collect();
        for name in names {
            let Some(member) = self.group.members.get(&name) else { continue };
            let Some((minimal, most)) = member.asked.filter(|_| member.stage == Stage::Here) else { continue };
            let needed = if outdated.contains(&name) { self.needed(&name) } else { Level::None };
            let level = Level::chosen(needed, minimal, most);
            if let Some(member) = self.group.members.get_mut(&name) {
                member.asked = None;
            }
            if level == Level::Replace && !self.wants.aim.keeps_names {
                self.let_go(&name, Stage::Leaving { again: false, for_update: true });
            } else {
                self.update(&name, level);
            }
        }
    }

    /// The names of members that aren't what the versions want.
    fn outdated(&self) -> Vec<String> {
        let mut members: Vec<(&String, &Member)> = self.group.members.iter().filter(|(_, it)| stays(it)).collect();
        members.sort_by_key(|(_, member)| member.born);
        let members = members.into_iter().map(|(name, member)| (name.as_str(), &member.version));
        let found = versions::outdated(&self.wants.versions, &self.wants.counts, members);
        found.into_iter().filter(|(_, outdated)| *outdated).map(|(name, _)| name.to_owned()).collect()
    }

    /// The version that a member is to have, were it made now.
    pub(super) fn version_for(&self, name: Option<&str>) -> Option<Version> {
        let others = self.group.members.iter().filter(|(other, it)| Some(other.as_str()) != name && stays(it));
        versions::next(&self.wants.versions, &self.wants.counts, others.map(|(_, member)| &member.version))
    }

    /// What it takes to make a member what its version wants.
    fn needed(&self, name: &str) -> Level {
        let Some(member) = self.group.members.get(name) else { return Level::None };
        let template =
            |link: &str| reference::follow(self.project, link).and_then(|it| level::properties(&it.document));
        let wanted = self.version_for(Some(name)).map(|version| version.template).unwrap_or_default();
        if member.version.template == wanted {
            return Level::None;
        }
        match (template(&member.version.template), template(&wanted)) {
            (Some(before), Some(after)) => Level::between(before, after),
            _ => Level::Replace,
        }
    }

    fn act(&mut self) {
        let outdated = self.outdated();
        let policy = self.wants.policy;
        let views: Vec<View<'_>> = self
            .group
            .members
            .iter()
            .map(|(name, member)| {
                let is_outdated = outdated.contains(name);
                let updates = policy.proactive && is_outdated && !matches!(member.stage, Stage::Changing(_));
                let needed = if updates { self.needed(name) } else { Level::None };
                View {
                    name,
                    zone: &member.zone,
                    born: member.born,
                    state: state(member),
                    outdated: is_outdated,
                    update: if updates { Level::chosen(needed, policy.minimal, policy.most) } else { Level::None },
                }
            })
            .collect();
        let (steps, pending) = plan(&self.wants.aim, &views);
        self.group.pending = pending;
        self.changed |= !steps.is_empty();
        for step in steps {
            match step {
                Step::Create { zone } => self.create(zone),
                Step::Delete { name, for_update } => self.let_go(&name, Stage::Leaving { again: false, for_update }),
                Step::Update { name, level } => self.update(&name, level),
            }
        }
    }

    fn create(&mut self, zone: String) {
        let Some(version) = self.version_for(None) else { return };
        let name = new_name(self.project, self.group, &self.wants);
        self.group.add(name, zone, version, self.project.now);
    }

    /// Changes a member without changing its name.
    fn update(&mut self, name: &str, level: Level) {
        let (version, now) = (self.version_for(Some(name)), self.project.now);
        let takes = match level {
            Level::None => return,
            Level::Replace => {
                if let (Some(member), Some(version)) = (self.group.members.get_mut(name), version) {
                    member.version = version;
                }
                return self.let_go(name, Stage::Leaving { again: true, for_update: true });
            }
            Level::Refresh => self.project.settings.timings.operation,
            Level::Restart => self.project.settings.timings.group_restart,
        };
        self.changed = true;
        let until = later(now, takes.into());
        self.look_again(until);
        let Some(member) = self.group.members.get_mut(name) else { return };
        if let Some(version) = version {
            member.version = version;
        }
        member.action = if level == Level::Restart { Action::Restarting } else { Action::Refreshing };
        member.stage = Stage::Changing(until);
        let (zone, template) = (member.zone.clone(), member.version.template.clone());
        let properties = reference::follow(self.project, &template).and_then(|it| level::properties(&it.document));
        let Some(properties) = properties.cloned() else { return };
        let Some(resource) = self.project.resources.get_mut(&instance(&zone, name)) else { return };
        level::apply(&mut resource.document, &properties, &zone);
        if level == Level::Restart {
            let user = agent(self.project);
            // It is told as it goes; one that can't be restarted now has its properties all the same.
            let _refused = instances::begin_reset(self.project, &instance(&zone, name), &user);
        }
    }

    /// Deletes a member's instance; the member goes with it, or comes again.
    fn let_go(&mut self, name: &str, stage: Stage) {
        self.changed = true;
        if let Some(mut member) = self.group.members.remove(name)
            && self.begin_leaving(name, &mut member, stage)
        {
            self.group.members.insert(name.to_owned(), member);
        }
    }

    /// As [`Self::let_go`], for a member that is at hand. False if it is gone by that.
    pub(super) fn begin_leaving(&mut self, name: &str, member: &mut Member, stage: Stage) -> bool {
        let again = matches!(stage, Stage::Leaving { again: true, .. });
        member.action = if again { Action::Recreating } else { Action::Deleting };
        member.probe = Default::default();
        let key = instance(&member.zone, name);
        let user = agent(self.project);
        match self.project.resources.get(&key).map(|resource| resource.phase) {
            None if again => member.stage = Stage::Due(self.project.now),
            None => return false,
            Some(Phase::Going) => member.stage = stage,
            Some(_) => {
                member.stage = stage;
                if let Err(error) = instances::begin_delete(self.project, &key, &user) {
                    // What is busy with something else isn't wrong.
                    if error.reason != "resourceNotReady" {
                        self.failed(name, member, error.into());
                    }
                    self.retry_leaving();
                }
            }
        }
        true
    }

    /// What can't be deleted now is tried again.
    pub(super) fn retry_leaving(&mut self) {
        let at = later(self.project.now, retry(&self.project.settings, 0));
        self.look_again(at);
    }

    /// Starts to make a member's instance.
    pub(super) fn make(&mut self, name: &str, member: &mut Member) {
        let (template, zone) = (member.version.template.clone(), member.zone.clone());
        match instances::from_template(self.project, &template, &zone, name, self.key) {
            Ok(operation) => {
                let operation = operation.as_object().map(|operation| text(operation, "name")).unwrap_or_default();
                member.stage = Stage::Coming(operation.to_owned());
                instance_group::join(self.project, &wants::instance_group(self.key), &instance(&zone, name));
            }
            Err(error) => self.not_made(name, member, error),
        }
    }

    /// An instance wasn't made: that is tried again later.
    pub(super) fn not_made(&mut self, name: &str, member: &mut Member, error: OperationError) {
        instance_group::leave(self.project, &wants::instance_group(self.key), &instance(&member.zone, name));
        let exhausted = error.code.starts_with("ZONE_RESOURCE_POOL_EXHAUSTED");
        self.failed(name, member, error);
        let at = later(self.project.now, retry(&self.project.settings, member.failures));
        member.failures = member.failures.saturating_add(1);
        member.stage = Stage::Due(at);
        self.look_again(at);
        if exhausted {
            self.group.exhausted.insert(member.zone.clone(), at);
        }
    }

    fn failed(&mut self, name: &str, member: &mut Member, error: OperationError) {
        member.error = Some(error.clone());
        self.group.failed(Failure {
            at: self.project.now,
            error,
            action: member.action,
            instance: instance(&member.zone, name),
            version: member.version.clone(),
        });
    }
}

/// How long until something that failed is tried again, after so many failures before: longer each time, up to eight
/// times as long. Google doesn't say how long it is.
fn retry(settings: &Settings, failures: u32) -> Duration {
    let first = Duration::from(settings.timings.group_retry).max(Duration::from_secs(1));
    first.saturating_mul(1 << failures.min(3))
}

/// Whether a member is to stay in the group.
fn stays(member: &Member) -> bool {
    !matches!(member.stage, Stage::Leaving { again: false, .. })
}

fn state(member: &Member) -> State {
    match (&member.stage, member.action) {
        (Stage::Leaving { again: false, for_update }, _) => State::Leaving { for_update: *for_update },
        (Stage::Here, Action::None) => State::Available,
        (Stage::Here | Stage::Changing(_), _) => State::Unproved,
        _ => State::Coming,
    }
}

/// Who does what a group does (<https://cloud.google.com/compute/docs/access/service-accounts#google_apis_service_agent>).
fn agent(project: &Project) -> String {
    format!("{}@cloudservices.gserviceaccount.com", project.number)
}

/// "Instances are named by appending a hyphen and a random four-character string to the base instance name" (the
/// discovery document).
fn new_name(project: &mut Project, group: &Managed, wants: &Wants) -> String {
    const LETTERS: &[u8; 30] = b"0123456789bcdfghjklmnpqrstvwxz";
    loop {
        let mut name = format!("{}-", wants.base);
        for _ in 0..4 {
            let letter = usize::try_from(project.chance.below(30)).unwrap_or(0);
            name.extend(LETTERS.get(letter).copied().map(char::from));
        }
        let taken = wants.aim.zones.iter().any(|zone| project.resources.contains(&instance(zone, &name)));
        if !taken && !group.members.contains_key(&name) {
            return name;
        }
    }
}
