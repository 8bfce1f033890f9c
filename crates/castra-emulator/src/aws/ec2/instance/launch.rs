//! Launches by services.

use serde_json::{Map, Value, json};

use super::{carry_out, merge, plan};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Call;
use crate::aws::caller::{Caller, Principal};
use crate::aws::ec2::Tags;
use crate::aws::ec2::launch_template::{Specification, resolve};
use crate::aws::ec2::member::list;

/// A launch by a service, of a launch template.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) template: Specification,
    /// Instead of the template's.
    pub(crate) instance_type: Option<String>,
    pub(crate) subnet: String,
    pub(crate) count: usize,
    /// In addition to the template's; a key that both have is the service's.
    pub(crate) tags: Tags,
}

/// Launches instances as RunInstances would, all or none.
pub(crate) fn launch(account: &mut Account, region: &str, launch: Launch) -> Result<Vec<String>, ApiError> {
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
    let role = "AWSServiceRoleForAutoScaling";
    let caller = Caller {
        access_key: String::new(),
        account: account.id.clone(),
        arn: format!("arn:aws:sts::{}:assumed-role/{role}/AutoScaling", account.id),
        user_id: "AROAAUTOSCALING:AutoScaling".to_owned(),
        principal: Principal::Role(role.to_owned()),
    };
    let (_, _, _, data) = resolve(&account.region(region).ec2, &launch.template)?;
    let input = request(&launch, &data);
    let mut call = Call::new(account, region, &caller, &input);
    let (parameters, template) = merge::merged(&call)?;
    let mut plan = plan::of(&mut call, &parameters, template, &launch.tags)?;
    // The account's number of the service, as reservations tell it.
    plan.requester = Some("940372691376");
    carry_out::launch(&mut call, plan)
}

/// The request of RunInstances that the service makes: where the template has interfaces, the subnet is theirs
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-launch-template.html#change-network-interface>).
fn request(launch: &Launch, data: &Value) -> Value {
    let Specification { id, name, version } = &launch.template;
    let mut template = Map::new();
    for (member, value) in [("LaunchTemplateId", id), ("LaunchTemplateName", name), ("Version", version)] {
        // By id or by name, not by both.
        if let Some(value) = value
            && (member != "LaunchTemplateName" || id.is_none())
        {
            template.insert(member.to_owned(), value.as_str().into());
        }
    }
    let mut input = json!({ "MinCount": launch.count, "MaxCount": launch.count, "LaunchTemplate": template });
    if let Some(kind) = &launch.instance_type {
        input["InstanceType"] = kind.as_str().into();
    }
    let interfaces = list(data, "NetworkInterfaces").iter().map(|interface| {
        json!({ "DeviceIndex": interface.get("DeviceIndex").cloned().unwrap_or(json!(0)), "SubnetId": launch.subnet })
    });
    let interfaces: Vec<Value> = interfaces.collect();
    if interfaces.is_empty() {
        input["SubnetId"] = launch.subnet.as_str().into();
    } else {
        input["NetworkInterfaces"] = interfaces.into();
    }
    input
}
