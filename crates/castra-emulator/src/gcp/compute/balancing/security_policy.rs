//! Security policies: who gets through to backend services
//! (<https://cloud.google.com/armor/docs/security-policy-overview>).

use serde_json::Value;

use super::super::kind::{Kind, New};
use super::super::{change, insert, quota, target};
use super::security_rule::{self, LAST, priority};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::Effect;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::{Key, Scope};
use crate::merge::merge;

pub(in crate::gcp::compute) struct SecurityPolicies;

/// The quota of rules (<https://cloud.google.com/armor/quotas>).
const RULES: &str = "SECURITY_POLICY_RULES";

impl Kind for SecurityPolicies {
    fn collection(&self) -> &'static str {
        "securityPolicies"
    }

    fn schema(&self) -> &'static str {
        "SecurityPolicy"
    }

    fn noun(&self) -> &'static str {
        "security_policy"
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["type"]
    }

    fn quota(&self) -> Option<&'static str> {
        Some("SECURITY_POLICIES")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.balancing
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        let kind = document.entry("type").or_insert("CLOUD_ARMOR".into());
        // Edge policies are global, network ones regional (the overview's table of types).
        let fits = match kind.as_str() {
            Some("CLOUD_ARMOR_EDGE") => key.scope == Scope::Global,
            Some("CLOUD_ARMOR_NETWORK") => key.scope != Scope::Global,
            _ => true,
        };
        if !fits {
            return Err(ApiError::field("type", kind, "The type is not supported in this scope."));
        }
        let mut rules = list(document, "rules").to_vec();
        // "If no rules are provided when creating a security policy, a default rule with action "allow" will be added"
        // (the discovery document).
        if rules.is_empty() {
            rules.push(security_rule::default());
        }
        for (place, rule) in rules.iter_mut().enumerate() {
            security_rule::complete(&format!("rules[{place}]"), rule)?;
        }
        put(call.project, key, document, rules)
    }

    /// "This cannot be used to be update the rules in the policy" (the discovery document's `patch`).
    fn amend(&self, _call: &mut Call<'_>, _key: &Key, before: &Document, after: &mut Document) -> Result<(), ApiError> {
        if before.get("rules") != after.get("rules") {
            let message = "Invalid value for field 'resource.rules': ''. Rules are changed by addRule, patchRule and \
                           removeRule.";
            return Err(ApiError::invalid(message));
        }
        Ok(())
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("addRule", add_rule), ("getRule", get_rule), ("patchRule", patch_rule), ("removeRule", remove_rule)]
    }
}

/// Puts rules into a policy, the first to be tried first; each has a priority of its own, and the last matches all.
fn put(project: &Project, key: &Key, document: &mut Document, mut rules: Vec<Value>) -> Result<(), ApiError> {
    rules.sort_by_key(priority);
    if let Some((rule, _)) = rules.iter().zip(rules.iter().skip(1)).find(|(one, next)| priority(one) == priority(next))
    {
        let why = "Cannot have rules with the same priorities.";
        return Err(ApiError::field("priority", &Value::from(priority(rule)), why));
    }
    // "There must always be a default rule which is a rule with priority 2147483647" (the discovery document).
    if rules.last().map(priority) != Some(LAST) {
        let why = format!("A security policy must have a default rule with priority {LAST}.");
        return Err(ApiError::invalid(format!("Invalid value for field 'resource.rules': ''. {why}")));
    }
    let others = project.resources.of("securityPolicies").filter(|other| other.key != *key);
    let same = others.filter(|other| other.key.scope.region() == key.scope.region());
    let total = same.map(|other| list(&other.document, "rules").len()).sum::<usize>() + rules.len();
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    quota::check(project, RULES, key.scope.region(), total as f64)?;
    document.insert("rules".to_owned(), Value::Array(rules));
    Ok(())
}

/// What is left of the rules without the one that a call's `priority` is about, and that one.
fn rule(call: &Call<'_>, key: &Key) -> Result<(Document, Vec<Value>, Value), ApiError> {
    let document = change::document(call, key)?;
    let wanted = call.number("priority").unwrap_or_default();
    let mut rules = list(&document, "rules").to_vec();
    match rules.iter().position(|rule| priority(rule) == wanted) {
        Some(place) => {
            let found = rules.remove(place);
            Ok((document, rules, found))
        }
        // https://github.com/googleapis/python-compute/issues/173 shows the text.
        None => {
            let path = key.path(&call.project.id);
            let message = format!(
                "Invalid value for field 'priority': '{wanted}'. {path} does not contain a rule at priority {wanted}."
            );
            Err(ApiError::invalid(message))
        }
    }
}

fn get_rule(call: &mut Call<'_>) -> Answer {
    let key = target::visible(call)?.key.clone();
    Ok(rule(call, &key)?.2)
}

fn add_rule(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let document = change::document(call, &key)?;
    let mut new = Value::Object(call.body.clone());
    security_rule::complete("", &mut new)?;
    let mut rules = list(&document, "rules").to_vec();
    rules.push(new);
    finish(call, "addRule", key, document, rules)
}

fn patch_rule(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let (document, mut rules, mut found) = rule(call, &key)?;
    let before = priority(&found);
    merge(&mut found, Value::Object(call.body.clone()));
    if before == LAST && priority(&found) != LAST {
        let why = "The priority of the default rule cannot be changed.";
        return Err(ApiError::field("priority", &Value::from(priority(&found)), why));
    }
    security_rule::complete("", &mut found)?;
    rules.push(found);
    finish(call, "patchRule", key, document, rules)
}

fn remove_rule(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let (document, rules, found) = rule(call, &key)?;
    if priority(&found) == LAST {
        let message = format!("Invalid value for field 'priority': '{LAST}'. The default rule cannot be removed.");
        return Err(ApiError::invalid(message));
    }
    finish(call, "removeRule", key, document, rules)
}

fn finish(call: &mut Call<'_>, verb: &str, key: Key, mut document: Document, rules: Vec<Value>) -> Answer {
    put(call.project, &key, &mut document, rules)?;
    // "If true, the request will not be committed" (the discovery document).
    if call.flag("validateOnly") {
        let scope = key.scope.clone();
        return Ok(insert::start(call, verb, key, scope, Effect::None));
    }
    Ok(change::apply(call, verb, key, document))
}

/// Refuses a policy that services of that scheme and place can't have: its place is theirs, and its type is for their
/// load balancers (<https://cloud.google.com/armor/docs/security-policy-overview#policy-types>).
pub(super) fn fits(
    service: &Key,
    scheme: &str,
    passthrough: bool,
    policy: &Key,
    document: &Document,
) -> Result<(), ApiError> {
    let kind = text(document, "type");
    let refuse = |why: &str| Err(ApiError::field("securityPolicy", &Value::from(policy.name.as_str()), why));
    if policy.scope != service.scope {
        return refuse("The security policy must be in the backend service's scope.");
    }
    match kind {
        "CLOUD_ARMOR_NETWORK" if !passthrough => refuse("A network policy is for passthrough load balancers."),
        "CLOUD_ARMOR_EDGE" => refuse("An edge policy is attached by setEdgeSecurityPolicy."),
        "CLOUD_ARMOR" if passthrough => {
            refuse(&format!("A policy of type CLOUD_ARMOR cannot be used with the load balancing scheme {scheme}."))
        }
        _ => Ok(()),
    }
}
