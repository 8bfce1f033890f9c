//! What a group launches its instances from: a launch template, or a mixed instances policy with one
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-launch-template.html>).

use serde_json::{Map, Value, json};

use super::member::LaunchedFrom;
use super::spread::Place;
use super::validate::error;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::ec2::{self, Launch, Specification, Tags};

/// What a group launches from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// With id and name; the version as it was given.
    pub(super) template: Specification,
    /// The policy in the contract's names, as describes show it.
    pub(super) policy: Option<Value>,
    pub(super) overrides: Vec<Override>,
}

/// An alternative to what the template says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Override {
    pub(super) instance_type: Option<String>,
    pub(super) template: Option<Specification>,
    pub(super) weight: Option<i64>,
}

impl Source {
    /// The source that a request names by `LaunchTemplate` or `MixedInstancesPolicy`, if it names one.
    pub(super) fn read(account: &mut Account, region: &str, input: &Value) -> Result<Option<Self>, ApiError> {
        match (input.get("LaunchTemplate"), input.get("MixedInstancesPolicy")) {
            (Some(_), Some(_)) => Err(only_one()),
            (None, None) => Ok(None),
            (Some(template), None) => {
                let template = specification(account, region, template)?;
                Ok(Some(Self { template, policy: None, overrides: Vec::new() }))
            }
            (None, Some(policy)) => Self::of_policy(account, region, policy).map(Some),
        }
    }

    fn of_policy(account: &mut Account, region: &str, policy: &Value) -> Result<Self, ApiError> {
        let launch = policy.get("LaunchTemplate");
        let specified = launch.and_then(|launch| launch.get("LaunchTemplateSpecification"));
        let template = specification(account, region, specified.unwrap_or(&Value::Null))?;
        let given = launch.and_then(|launch| launch.get("Overrides")).and_then(Value::as_array);
        let mut overrides = Vec::new();
        let mut shown = Vec::new();
        for entry in given.map_or(&[][..], Vec::as_slice) {
            if entry.get("InstanceRequirements").is_some() {
                return Err(error("InstanceRequirements are not available here; name instance types instead."));
            }
            let text = |member: &str| entry.get(member).and_then(Value::as_str);
            let own = match entry.get("LaunchTemplateSpecification") {
                Some(own) => Some(specification(account, region, own)?),
                None => None,
            };
            let weight = match text("WeightedCapacity") {
                None => None,
                // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateOverrides.html
                Some(weight) => match weight.parse() {
                    Ok(weight @ 1..=999) => Some(weight),
                    _ => return Err(error("WeightedCapacity must be between 1 and 999.")),
                },
            };
            let mut entry = entry.clone();
            if let (Some(own), Some(members)) = (&own, entry.as_object_mut()) {
                members.insert("LaunchTemplateSpecification".to_owned(), show(own));
            }
            shown.push(entry);
            overrides.push(Override { instance_type: text("InstanceType").map(str::to_owned), template: own, weight });
        }
        let weighted = overrides.iter().filter(|entry| entry.weight.is_some()).count();
        if weighted != 0 && weighted != overrides.len() {
            return Err(error("If you specify a weight for one instance type, you must specify it for all of them."));
        }
        let distribution = distribution(policy.get("InstancesDistribution"))?;
        let policy = json!({
            "LaunchTemplate": { "LaunchTemplateSpecification": show(&template), "Overrides": shown },
            "InstancesDistribution": distribution,
        });
        Ok(Self { template, policy: Some(policy), overrides })
    }

    /// Adds it to a shown group or desired configuration.
    pub(super) fn show(&self, shown: &mut Map<String, Value>) {
        match &self.policy {
            Some(policy) => shown.insert("MixedInstancesPolicy".to_owned(), policy.clone()),
            None => shown.insert("LaunchTemplate".to_owned(), show(&self.template)),
        };
    }

    /// The ways to launch one instance, the preferred first: template, type and weight.
    pub(super) fn choices(&self) -> Vec<(Specification, Option<String>, Option<i64>)> {
        if self.overrides.is_empty() {
            return vec![(by_id(&self.template), None, None)];
        }
        let choice = |entry: &Override| {
            let template = by_id(entry.template.as_ref().unwrap_or(&self.template));
            (template, entry.instance_type.clone(), entry.weight)
        };
        self.overrides.iter().map(choice).collect()
    }

    /// Whether an instance is as this source would launch it now: by template, version and type
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh-skip-matching.html>).
    pub(super) fn made(&self, ec2: &ec2::State, from: Option<&LaunchedFrom>, instance_type: &str) -> bool {
        let Some(from) = from else { return false };
        self.choices().iter().any(|(template, wanted_type, _)| {
            let same_template = ec2::resolve_template(ec2, template)
                .is_ok_and(|(id, _, version, _)| id == from.id && version == from.version);
            same_template && wanted_type.as_deref().is_none_or(|wanted| wanted == instance_type)
        })
    }

    /// Whether it says a version by number, which is what a rollback goes back to.
    pub(super) fn numbered(&self) -> bool {
        self.template.version.as_deref().is_some_and(|version| version.parse::<u64>().is_ok())
    }

    /// Whether its image is looked up in Parameter Store at each launch.
    pub(super) fn resolves_image(&self, ec2: &ec2::State) -> bool {
        ec2::resolve_template(ec2, &by_id(&self.template)).is_ok_and(|(_, _, _, data)| {
            data.get("ImageId").and_then(Value::as_str).is_some_and(|image| image.starts_with("resolve:ssm:"))
        })
    }

    /// Refuses what could not be launched, as creating or updating a group does; capacity isn't looked at.
    pub(super) fn check(&self, account: &Account, region: &str, places: &[Place]) -> Result<(), ApiError> {
        let Some(place) = places.first() else { return Ok(()) };
        for (template, instance_type, _) in self.choices() {
            let launch =
                Launch { template, instance_type, subnet: place.subnet.clone(), count: 1, tags: Tags::default() };
            // A launch on a copy: what it would do is forgotten.
            let mut copy = account.clone();
            copy.now = account.now;
            if let Err(refusal) = ec2::launch(&mut copy, region, launch)
                && !passing(&refusal.code)
            {
                return Err(error(format!("You must use a valid fully-formed launch template. {}", refusal.message)));
            }
        }
        Ok(())
    }
}

/// Whether a launch's refusal has to do with its place or moment only.
pub(super) fn passing(code: &str) -> bool {
    matches!(
        code,
        "InsufficientInstanceCapacity"
            | "InsufficientFreeAddressesInSubnet"
            | "InstanceLimitExceeded"
            | "RequestLimitExceeded"
            | "Unsupported"
            | "VcpuLimitExceeded"
    )
}

fn only_one() -> ApiError {
    error(
        "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or \
         MixedInstancesPolicy parameter.",
    )
}

/// No source was named.
pub(super) fn missing() -> ApiError {
    only_one()
}

/// A template specification, held against EC2 and completed by id and name.
fn specification(account: &mut Account, region: &str, given: &Value) -> Result<Specification, ApiError> {
    let text = |member: &str| given.get(member).and_then(Value::as_str).map(str::to_owned);
    let (id, name, version) = (text("LaunchTemplateId"), text("LaunchTemplateName"), text("Version"));
    if id.is_some() == name.is_some() {
        return Err(error("Valid requests must contain either launchTemplateId or LaunchTemplateName"));
    }
    let asked = Specification { id, name, version };
    let resolved = ec2::resolve_template(&account.region(region).ec2, &asked);
    let (id, name, _, _) = resolved
        .map_err(|refusal| error(format!("You must use a valid fully-formed launch template. {}", refusal.message)))?;
    let created = account.region(region).ec2.launch_templates.get(&id).map(|template| template.created);
    if created.is_some_and(|created| !account.shows(&id, created)) {
        return Err(error(format!(
            "You must use a valid fully-formed launch template. The specified launch template, with template ID {id}, \
             does not exist."
        )));
    }
    Ok(Specification { id: Some(id), name: Some(name), version: asked.version })
}

/// A template that has id and name, as EC2 wants to be asked for it: by one of them.
fn by_id(template: &Specification) -> Specification {
    Specification { name: None, ..template.clone() }
}

/// A template as describes show it: the version only if one was given.
fn show(template: &Specification) -> Value {
    let mut shown = Map::new();
    let members =
        [("LaunchTemplateId", &template.id), ("LaunchTemplateName", &template.name), ("Version", &template.version)];
    for (member, value) in members {
        if let Some(value) = value {
            shown.insert(member.to_owned(), value.as_str().into());
        }
    }
    shown.into()
}

/// The distribution with its defaults
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>). There are no Spot
/// Instances here.
fn distribution(given: Option<&Value>) -> Result<Value, ApiError> {
    let member = |name: &str| given.and_then(|given| given.get(name));
    if member("OnDemandPercentageAboveBaseCapacity").and_then(Value::as_i64).is_some_and(|percentage| percentage < 100)
    {
        return Err(error("Spot Instances are not available here: OnDemandPercentageAboveBaseCapacity must be 100."));
    }
    let or = |name: &str, default: Value| member(name).cloned().unwrap_or(default);
    Ok(json!({
        "OnDemandAllocationStrategy": or("OnDemandAllocationStrategy", "prioritized".into()),
        "OnDemandBaseCapacity": or("OnDemandBaseCapacity", 0.into()),
        "OnDemandPercentageAboveBaseCapacity": 100,
        "SpotAllocationStrategy": or("SpotAllocationStrategy", "lowest-price".into()),
        "SpotInstancePools": or("SpotInstancePools", 2.into()),
    }))
}
