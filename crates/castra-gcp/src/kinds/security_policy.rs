//! Security policies (Cloud Armor): whose requests get through to a backend service.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::security_policy::Type;
use google_cloud_compute_v1::model::security_policy_rule_matcher::VersionedExpr;
use google_cloud_compute_v1::model::{
    SecurityPolicy as Model, SecurityPolicyRule, SecurityPolicyRuleMatcher, SecurityPolicyRuleMatcherConfig,
};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, carry_out, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// The most ranges of one rule (Google Cloud Armor, "Quotas and limits").
const RANGES: usize = 10;

/// The priority of the first rule of ours; the lowest number is tried first.
const FIRST: i32 = 1000;

/// The priority of the rule that matches what no other did, which every policy has (Compute Engine API reference,
/// `SecurityPolicy.rules`).
const LAST: i32 = i32::MAX;

const ALLOW: &str = "allow";
const DENY: &str = "deny(403)";

/// One rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PolicyRule {
    /// Its place: the lowest number is tried first.
    pub(crate) priority: i32,
    /// What is done with a request that it matches: `allow` or `deny(403)`.
    pub(crate) action: String,
    /// The ranges that a request's source is in; `*` alone is everything.
    pub(crate) ranges: Vec<String>,
}

/// A security policy of a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SecurityPolicy {
    /// Its name.
    pub(crate) name: String,
    /// All of its rules. The first that matches a request decides.
    pub(crate) rules: Vec<PolicyRule>,
}

impl SecurityPolicy {
    /// One that lets these ranges through and nothing else.
    pub(crate) fn allowing(name: String, ranges: &[Ipv4Net]) -> Self {
        let allowed = (FIRST..).zip(ranges.chunks(RANGES)).map(|(priority, ranges)| PolicyRule {
            priority,
            action: ALLOW.to_owned(),
            ranges: ranges.iter().map(ToString::to_string).collect(),
        });
        let rest = PolicyRule { priority: LAST, action: DENY.to_owned(), ranges: vec!["*".to_owned()] };
        Self { name, rules: allowed.chain([rest]).collect() }
    }
}

#[async_trait]
impl Kind for SecurityPolicy {
    const KIND: &'static str = "security_policy";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        Ok(maybe(get(at, &self.name).await)?.map(|policy| live(&policy).found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let Clients { project, region, .. } = at.cloud;
        let policy = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_type(Type::CloudArmor)
            .set_rules(self.rules.iter().map(PolicyRule::body));
        let request = at.cloud.region_security_policies.insert().set_project(project).set_region(region);
        operate!(at, "regionSecurityPolicies.insert", USUAL, request.set_body(policy))?;
        Ok(at.cloud.regional("securityPolicies", &self.name))
    }

    /// Rules are changed one by one: what lets through too much first, so that at no moment more gets through than before
    /// or after.
    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let found = get(at, &self.name).await?;
        let now: Vec<PolicyRule> = found.rules.iter().map(PolicyRule::read).collect();
        for step in steps(&now, &self.rules) {
            step.take(at, &self.name).await?;
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_security_policies.delete().set_project(project).set_region(region);
        let request = request.set_security_policy(links::name(live));
        gone(operate!(at, "regionSecurityPolicies.delete", USUAL, request))
    }
}

/// One change of a policy's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Remove(i32),
    Change(&'a PolicyRule),
    Add(&'a PolicyRule),
}

/// What leads from one list of rules to another: first what is not wanted goes, then what is wanted otherwise is changed,
/// the last rule first, and then what is missing is added.
fn steps<'a>(now: &[PolicyRule], wanted: &'a [PolicyRule]) -> Vec<Step<'a>> {
    let at = |rules: &[PolicyRule], priority: i32| rules.iter().find(|rule| rule.priority == priority).cloned();
    let extra = now.iter().filter(|rule| at(wanted, rule.priority).is_none()).map(|rule| Step::Remove(rule.priority));
    let changed = wanted.iter().rev().filter(|rule| at(now, rule.priority).is_some_and(|other| other != **rule));
    let missing = wanted.iter().filter(|rule| at(now, rule.priority).is_none());
    extra.chain(changed.map(Step::Change)).chain(missing.map(Step::Add)).collect()
}

impl Step<'_> {
    /// These requests can't carry an id, so an answer that is lost is left to the next run.
    async fn take(self, at: &At<'_, Clients>, policy: &str) -> Result<()> {
        let (Clients { project, region, .. }, policies) = (at.cloud, &at.cloud.region_security_policies);
        match self {
            Self::Remove(priority) => {
                let call = Call::mutate("compute", "regionSecurityPolicies.removeRule");
                let request = policies.remove_rule().set_project(project).set_region(region);
                let request = request.set_security_policy(policy).set_priority(priority);
                carry_out(at, &call, USUAL, |_| {
                    let (request, call) = (request.clone(), call.clone());
                    async move { send!(at, call, request) }
                })
                .await
            }
            Self::Change(rule) => {
                let call = Call::idempotent("compute", "regionSecurityPolicies.patchRule");
                let request = policies.patch_rule().set_project(project).set_region(region);
                let request = request.set_security_policy(policy).set_priority(rule.priority).set_body(rule.body());
                carry_out(at, &call, USUAL, |_| {
                    let (request, call) = (request.clone(), call.clone());
                    async move { send!(at, call, request) }
                })
                .await
            }
            Self::Add(rule) => {
                let call = Call::mutate("compute", "regionSecurityPolicies.addRule");
                let request = policies.add_rule().set_project(project).set_region(region);
                let request = request.set_security_policy(policy).set_body(rule.body());
                carry_out(at, &call, USUAL, |_| {
                    let (request, call) = (request.clone(), call.clone());
                    async move { send!(at, call, request) }
                })
                .await
            }
        }
    }
}

impl PolicyRule {
    fn body(&self) -> SecurityPolicyRule {
        let config = SecurityPolicyRuleMatcherConfig::new().set_src_ip_ranges(self.ranges.clone());
        let matcher = SecurityPolicyRuleMatcher::new().set_versioned_expr(VersionedExpr::SrcIpsV1).set_config(config);
        SecurityPolicyRule::new()
            .set_priority(self.priority)
            .set_action(&self.action)
            .set_match(matcher)
            .set_preview(false)
    }

    /// A rule as it is. One that is only tried, or that looks at anything but sources, is no rule of ours whatever its
    /// action; its action says so.
    fn read(rule: &SecurityPolicyRule) -> Self {
        let action = rule.action.clone().unwrap_or_default();
        let matcher = rule.r#match.as_ref();
        let config = matcher.and_then(|matcher| matcher.config.as_ref());
        let by_source = matcher.is_some_and(|matcher| matcher.expr.is_none() && config.is_some());
        let action = match (rule.preview.unwrap_or(false), by_source) {
            (true, _) => format!("{action}, not in force"),
            (false, false) => format!("{action}, by an expression"),
            (false, true) => action,
        };
        Self {
            priority: rule.priority.unwrap_or_default(),
            action,
            ranges: config.map(|config| config.src_ip_ranges.clone()).unwrap_or_default(),
        }
    }
}

async fn get(at: &At<'_, Clients>, name: &str) -> Result<Model> {
    let Clients { project, region, .. } = at.cloud;
    let request = at.cloud.region_security_policies.get().set_project(project).set_region(region);
    send!(at, Call::read("compute", "regionSecurityPolicies.get"), request.set_security_policy(name))
}

/// Reads a security policy.
fn live(policy: &Model) -> Live<String> {
    let link = policy.self_link.as_deref().unwrap_or_default();
    let rules: Vec<PolicyRule> = policy.rules.iter().map(PolicyRule::read).collect();
    let fields = json!({ "name": policy.name, "rules": rules });
    Live::described(links::relative(link).to_owned(), fields, policy.description.as_deref())
}

/// The security policies of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.region_security_policies.list().set_project(project).set_region(region);
    let found: Vec<Model> = list!(look, "regionSecurityPolicies.list", request.set_filter(look.names().filter()))?;
    Ok(items::<SecurityPolicy>(look, found.iter().map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use google_cloud_compute_v1::model::Expr;

    use super::*;

    fn rules(ranges: &[&str]) -> Vec<PolicyRule> {
        let ranges: Vec<Ipv4Net> = ranges.iter().map(|range| range.parse().unwrap()).collect();
        SecurityPolicy::allowing("camp-application".into(), &ranges).rules
    }

    #[test]
    fn a_rule_takes_ten_ranges_and_the_last_refuses_the_rest() {
        let ranges: Vec<String> = (0..12).map(|at| format!("10.{at}.0.0/16")).collect();
        let rules = rules(&ranges.iter().map(String::as_str).collect::<Vec<_>>());
        let seen: Vec<_> = rules.iter().map(|rule| (rule.priority, rule.action.as_str(), rule.ranges.len())).collect();
        assert_eq!(seen, [(1000, "allow", 10), (1001, "allow", 2), (i32::MAX, "deny(403)", 1)]);
        assert_eq!(rules[2].ranges, ["*"]);
    }

    #[test]
    fn a_rule_is_read_back_as_it_was_written() {
        for rule in rules(&["192.0.2.0/24"]) {
            assert_eq!(PolicyRule::read(&rule.body()), rule);
        }
    }

    #[test]
    fn a_rule_that_does_something_else_is_not_taken_for_ours() {
        let ours = &rules(&["192.0.2.0/24"])[0];
        assert_ne!(PolicyRule::read(&ours.body().set_preview(true)), *ours);
        let matcher = SecurityPolicyRuleMatcher::new().set_expr(Expr::new().set_expression("true"));
        assert_ne!(PolicyRule::read(&ours.body().set_match(matcher)).action, "allow");
    }

    #[test]
    fn what_lets_through_too_much_goes_first() {
        let wanted = rules(&["192.0.2.0/24"]);
        let open = PolicyRule { priority: 10, action: "allow".into(), ranges: vec!["*".into()] };
        let last = PolicyRule { action: "allow".into(), ..wanted[1].clone() };
        assert_eq!(steps(&[open, last], &wanted), [Step::Remove(10), Step::Change(&wanted[1]), Step::Add(&wanted[0])]);
        assert_eq!(steps(&wanted, &wanted), []);
    }
}
