//! Single launches, and what becomes of those that fail.

use std::time::Duration;

use jiff::SignedDuration;

use super::activity::{self, Begun};
use super::member::{Extra, LaunchedFrom, Lifecycle, Member};
use super::source::{Source, passing};
use super::spread;
use super::turn::Turn;
use crate::aws::ApiError;
use crate::aws::ec2::{self, Launch, Specification, Tags};
use crate::clock::later;

/// Why a launch is made.
pub(super) struct Reason {
    /// Whole sentences.
    pub(super) cause: String,
    pub(super) extra: Option<Extra>,
    pub(super) refresh: Option<String>,
    /// The zone to prefer to the one with the fewest instances.
    pub(super) zone: Option<String>,
}

impl Turn<'_> {
    /// Whether a launch may be tried now.
    pub(super) fn may_launch(&mut self) -> bool {
        if self.group.suspends("Launch") || self.group.places.is_empty() {
            return false;
        }
        self.group.failures.wait_until.is_none_or(|until| self.has_come(until))
    }

    /// Launches one instance; its weight, none if that failed. Zones that lack capacity are passed over for others
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-availability-zone-balanced.html>), unless
    /// the group insists on balance.
    pub(super) fn launch_one(&mut self, reason: &Reason) -> Option<i64> {
        let source = self.source();
        let mut excluded = Vec::new();
        let mut failed = None;
        while let Some(place) =
            spread::choose(&self.group, &excluded, reason.zone.as_deref(), self.now, &mut self.account.chance)
        {
            for (template, instance_type, weight) in source.choices() {
                let launched = self.launch_into(&place, &template, instance_type, weight, reason);
                let refusal = match launched {
                    Ok(weight) => {
                        self.group.failures.zones.remove(&place.zone);
                        self.group.failures.wait_until = None;
                        return Some(weight);
                    }
                    Err(refusal) => refusal,
                };
                let elsewhere = passing(&refusal.code);
                let message = format!("{} Launching EC2 instance failed.", refusal.message);
                self.record_failure(&place, &reason.cause, &message);
                failed = Some(message);
                if !elsewhere {
                    excluded.extend(spread::zones(&self.group.places).into_iter().map(str::to_owned));
                    break;
                }
            }
            let until = self.after(self.account.settings.autoscaling.zone_retry);
            self.group.failures.zones.insert(place.zone.clone(), until);
            excluded.push(place.zone);
            if self.group.options.distribution == "balanced-only" {
                break;
            }
        }
        if let Some(message) = failed {
            self.launch_failed(&message);
        }
        None
    }

    /// What launches are made from now: during a refresh, what it refreshes to.
    pub(super) fn source(&self) -> Source {
        let refreshed = self.group.refresh().map(|refresh| refresh.source().clone());
        refreshed.unwrap_or_else(|| self.group.source.clone())
    }

    fn launch_into(
        &mut self,
        place: &spread::Place,
        template: &Specification,
        instance_type: Option<String>,
        weight: Option<i64>,
        reason: &Reason,
    ) -> Result<i64, ApiError> {
        let (id, name, version, _) = ec2::resolve_template(&self.account.region(self.region).ec2, template)?;
        let mut tags = Tags::default();
        for (key, (value, propagate)) in &self.group.tags {
            if *propagate {
                tags.insert(key, value);
            }
        }
        // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html
        tags.insert("aws:autoscaling:groupName", &self.group.name);
        tags.insert("aws:ec2launchtemplate:id", &id);
        tags.insert("aws:ec2launchtemplate:version", &version.to_string());
        let launch = Launch {
            template: Specification { id: Some(id.clone()), name: None, version: Some(version.to_string()) },
            instance_type,
            subnet: place.subnet.clone(),
            count: 1,
            tags,
        };
        let ids = ec2::launch(self.account, self.region, launch)?;
        let shown_weight = weight.is_some();
        let weight = weight.unwrap_or(1);
        for instance in ids {
            let activity = activity::begin(
                &mut self.group,
                &mut self.account.chance,
                self.now,
                Begun {
                    description: format!("Launching a new EC2 instance: {instance}"),
                    cause: reason.cause.clone(),
                    status: "PreInService",
                    progress: 30,
                    zone: place.zone.clone(),
                    subnet: Some(place.subnet.clone()),
                },
            );
            let from = LaunchedFrom { id: id.clone(), name: name.clone(), version };
            let mut member = self.joining(&instance, Some(activity), Some(from));
            member.weight = weight;
            member.weighted = shown_weight;
            member.warmup = self.group.warmup.unwrap_or(member.warmup);
            member.extra = reason.extra;
            member.refresh.clone_from(&reason.refresh);
            self.group.members.push(member);
        }
        Ok(weight)
    }

    /// An instance as a new member, pending.
    fn joining(&mut self, id: &str, activity: Option<String>, from: Option<LaunchedFrom>) -> Member {
        let instance = self.account.region(self.region).ec2.instances.get(id);
        Member {
            id: id.to_owned(),
            instance_type: instance.map(|instance| instance.instance_type.clone()).unwrap_or_default(),
            zone: instance.map(|instance| instance.zone.clone()).unwrap_or_default(),
            image: instance.map(|instance| instance.image.clone()).unwrap_or_default(),
            launched_from: from,
            weight: 1,
            weighted: false,
            state: Lifecycle::Pending,
            since: self.now,
            ready: None,
            joined: self.now,
            in_service: None,
            warmup: self.group.options.default_warmup.unwrap_or(0),
            healthy: true,
            ailing: None,
            protected: self.group.options.protect_new,
            activity,
            waits: Vec::new(),
            extra: None,
            refresh: None,
            killed: false,
        }
    }

    /// Takes an instance in that is there already.
    pub(super) fn take_in(&mut self, id: &str, activity: String) {
        let member = self.joining(id, Some(activity), None);
        self.group.members.push(member);
        let ec2 = &mut self.account.region(self.region).ec2;
        if let Some(instance) = ec2.instances.get_mut(id) {
            instance.tags.insert("aws:autoscaling:groupName", &self.group.name);
        }
    }

    fn record_failure(&mut self, place: &spread::Place, cause: &str, message: &str) {
        let now = self.now;
        let id = activity::begin(
            &mut self.group,
            &mut self.account.chance,
            now,
            Begun {
                description: "Launching a new EC2 instance".to_owned(),
                cause: cause.to_owned(),
                status: "InProgress",
                progress: 0,
                zone: place.zone.clone(),
                subnet: Some(place.subnet.clone()),
            },
        );
        activity::fail(&mut self.group, Some(&id), now, "Failed", message);
    }

    /// A launch came to nothing. The next waits, the longer the more have failed; a group that has tried for a day is
    /// suspended (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>, which
    /// has no pace for the retries).
    pub(super) fn launch_failed(&mut self, message: &str) {
        let retry: Duration = self.account.settings.autoscaling.launch_retry.into();
        let failures = &mut self.group.failures;
        failures.message = message.to_owned();
        failures.count = failures.count.saturating_add(1);
        let until = later(self.now, retry * (1 << (failures.count - 1).min(5)));
        failures.wait_until = Some(until);
        let first = *failures.first.get_or_insert(self.now);
        if self.now.duration_since(first) >= SignedDuration::from_hours(24) {
            let reason = "Administratively suspended as launches have failed for more than 24 hours";
            self.group.suspended.insert("Launch".to_owned(), reason.to_owned());
        }
        self.at(until);
    }
}
