//! Changes of records: all of a batch, or nothing
//! (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::error;
use super::record::{Content, Key, RecordSet};
use super::request::{Action, Change, size};
use super::state::{find, find_mut};
use super::zone::Zone;
use super::{change_info, name::Name};
use crate::aws::account::Account;
use crate::aws::call::{Call, Operations};
use crate::aws::elb;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ChangeResourceRecordSets", change)];

/// "A request cannot contain more than 1,000 ResourceRecord elements", nor more than 32,000 characters in their values
/// (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests-changeresourcerecordsets>;
/// the messages: <https://github.com/DNSControl/dnscontrol/issues/1114>,
/// <https://github.com/kubernetes-sigs/external-dns/issues/515>).
const MOST_VALUES: usize = 1_000;
const MOST_CHARACTERS: usize = 32_000;

fn change(call: &mut Call<'_>) -> Answer {
    let id = call.required("HostedZoneId");
    let asked = call.input.pointer("/ChangeBatch/Changes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let zone = find(call, id)?;
    let (values, characters) = asked.iter().map(size).fold((0, 0), |one, other| (one.0 + other.0, one.1 + other.1));
    let mut problems = Vec::new();
    if values > MOST_VALUES || asked.len() > MOST_VALUES {
        problems.push(format!("Number of records limit of {MOST_VALUES} exceeded."));
    }
    if characters > MOST_CHARACTERS {
        problems.push(format!("RDATA character limit of {MOST_CHARACTERS} exceeded."));
    }
    let mut changes = Vec::new();
    for asked in asked {
        changes.extend(Change::read(asked, &mut problems)?);
    }
    let wanted = changes.iter().filter(|change| change.action != Action::Delete);
    for health_check in wanted.filter_map(|change| change.record.health_check.as_ref()) {
        if !call.account.route53.health_checks.contains_key(health_check) {
            return Err(error::no_such_health_check(health_check));
        }
    }
    let mut batch = Batch { account: call.account, zone, records: zone.records.clone(), done: Vec::new(), problems };
    changes.into_iter().for_each(|change| batch.apply(change));
    let records = batch.finish()?;
    find_mut(call, id)?.records = records;
    let comment = call.input.pointer("/ChangeBatch/Comment").and_then(Value::as_str);
    Ok(json!({ "ChangeInfo": change_info::submit(call, comment) }))
}

/// A batch on its way: the zone's records as they would be, and what is wrong.
struct Batch<'a> {
    account: &'a Account,
    zone: &'a Zone,
    records: BTreeMap<Key, RecordSet>,
    done: Vec<(Key, Action)>,
    problems: Vec<String>,
}

impl Batch<'_> {
    fn apply(&mut self, change: Change) {
        let Change { action, record } = change;
        let key = record.key.clone();
        if !key.name.is_within(&self.zone.name) {
            let problem = format!("RRSet with DNS name {} is not permitted in zone {}", key.name, self.zone.name);
            return self.problems.push(problem);
        }
        // One record set may be deleted and created anew, and nothing else be done to it twice: the message is in
        // <https://github.com/kubernetes-sigs/external-dns/issues/4241>.
        let before: Vec<Action> =
            self.done.iter().filter(|(done, _)| *done == key).map(|(_, action)| *action).collect();
        if !matches!((before.as_slice(), action), ([], _) | ([Action::Delete], Action::Create)) {
            let named = format!("{} {}", key.kind, key.name);
            let problem = format!("The request contains an invalid set of changes for a resource record set '{named}'");
            return self.problems.push(problem);
        }
        self.done.push((key.clone(), action));
        match (action, self.records.get(&key)) {
            (Action::Delete, Some(there)) if there.is_meant_by(&record) => drop(self.records.remove(&key)),
            (Action::Delete, Some(_)) => {
                let why = "but the values provided do not match the current values";
                self.problems.push(format!("Tried to delete resource record set {} {why}", named(&key)));
            }
            (Action::Delete, None) => {
                self.problems.push(format!("Tried to delete resource record set {} but it was not found", named(&key)));
            }
            (Action::Create, Some(_)) => {
                let why = "but it already exists";
                self.problems.push(format!("Tried to create resource record set {} {why}", named(&key)));
            }
            (Action::Create | Action::Upsert, _) => {
                let problem = self.conflict(&record).or_else(|| self.alias_problem(&record));
                match problem {
                    Some(problem) => self.problems.push(problem),
                    None => drop(self.records.insert(key, record)),
                }
            }
        }
    }

    /// What other record sets a new one can't be beside. The messages are in
    /// <https://github.com/cookpad/roadworker/pull/89>, <https://github.com/RJPearson94/terraform-aws-open-next/issues/24>,
    /// <https://github.com/cloudfoundry/bosh-bootloader/issues/310>,
    /// <https://github.com/kubernetes-sigs/external-dns/issues/3141> and
    /// <https://github.com/gardener/external-dns-management/issues/513>.
    fn conflict(&self, record: &RecordSet) -> Option<String> {
        let Key { name, kind, set } = &record.key;
        let zone = &self.zone.name;
        let beside: Vec<&RecordSet> =
            self.records.values().filter(|other| other.key.name == *name && other.key != record.key).collect();
        if kind == "CNAME" {
            if name == zone {
                return Some(format!(
                    "RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}"
                ));
            }
            if beside.iter().any(|other| other.key.kind != "CNAME") {
                return Some(
                    format!(
                        "RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with \
                     the same DNS name in zone {zone}"
                    ) + ".",
                );
            }
        } else if beside.iter().any(|other| other.key.kind == "CNAME") {
            return Some(
                format!(
                    "RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet of type CNAME \
                 with the same DNS name already exists in zone {zone}"
                ) + ".",
            );
        }
        if kind == "SOA" && name != zone {
            return Some(format!("RRSet of type SOA with DNS name {name} is not permitted in zone {zone}"));
        }
        let mut alike = beside.iter().filter(|other| other.key.kind == *kind);
        match (set, record.policy()) {
            (None, _) => alike.next().map(|_| {
                format!(
                    "RRSet with DNS name {name}, type {kind} cannot be created as other RRSets exist with the same \
                     name and type."
                )
            }),
            (Some(set), policy) => alike.find(|other| other.policy() != policy).map(|_| {
                let policy = policy.unwrap_or_default();
                format!(
                    "RRSet with DNS name {name}, type {kind}, SetIdentifier {set} cannot be created as a non-{policy} \
                     set exists with the same name and type."
                )
            }),
        }
    }

    /// What is wrong with an alias's target: one in the same zone, or something of AWS's. The messages are in
    /// <https://github.com/harmony-one/harmony-ops/issues/491>.
    fn alias_problem(&self, record: &RecordSet) -> Option<String> {
        let Content::Alias { zone, target, .. } = &record.content else { return None };
        let kind = &record.key.kind;
        let shown = target.to_string();
        let tried = format!("Tried to create an alias that targets {shown}, type {kind} in zone {zone}");
        let outside = format!("{tried}, but the alias target name does not lie within the target zone");
        let missing = format!("{tried}, but that target was not found");
        if *zone == self.zone.id {
            let there = |key: &Key| key.name == *target && key.kind == *kind;
            return if !target.is_within(&self.zone.name) {
                Some(outside)
            } else {
                (!self.records.keys().any(there)).then_some(missing)
            };
        }
        match elb::alias_target(self.account, zone, shown.trim_end_matches('.')) {
            Some(elb::AliasTarget::Found) => None,
            Some(elb::AliasTarget::Missing) => Some(missing),
            Some(elb::AliasTarget::Outside) => Some(format!("{outside}, {missing}")),
            None if is_amazons(zone, target) => None,
            None => Some(format!("{outside}, {missing}")),
        }
    }

    /// The zone's records as they are to be.
    fn finish(mut self) -> Result<BTreeMap<Key, RecordSet>, crate::aws::ApiError> {
        let at_apex = |kind: &str| self.records.keys().any(|key| key.name == self.zone.name && key.kind == kind);
        let (servers, authority) = (at_apex("NS"), at_apex("SOA"));
        // <https://github.com/airbnb/zonify/issues/1>, <https://github.com/DNSControl/dnscontrol/pull/4402>
        if !servers {
            self.problems.push("A HostedZone must contain at least one NS record for the zone itself.".to_owned());
        }
        if !authority {
            self.problems.push("A HostedZone must contain exactly one SOA record.".to_owned());
        }
        let most = self.account.settings.route53_limits.records_per_zone;
        if self.records.len() > most && self.records.len() > self.zone.records.len() {
            self.problems.push(format!("Exceeded limit MAX_RRSETS_BY_ZONE for zone: {}", self.zone.id));
        }
        if self.problems.is_empty() { Ok(self.records) } else { Err(error::invalid_batch(&self.problems)) }
    }
}

/// A record set as messages name it.
fn named(key: &Key) -> String {
    let set = key.set.as_ref().map(|set| format!(", set-identifier='{set}'")).unwrap_or_default();
    format!("[name='{}', type='{}'{set}]", key.name, key.kind)
}

/// Whether an alias names something of Amazon's that isn't emulated, by the ids of its zone
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html>): CloudFront's, Global Accelerator's.
fn is_amazons(zone: &str, target: &Name) -> bool {
    let under = |suffix: &str| Name::read(suffix).is_ok_and(|suffix| target.is_within(&suffix));
    match zone {
        "Z2FDTNDATAQYW2" => under("cloudfront.net"),
        "Z2BJ6XQ5FK7U4H" => under("awsglobalaccelerator.com"),
        _ => false,
    }
}
