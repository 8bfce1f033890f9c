//! Instance profiles of instances
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html>).

use serde_json::{Value, json};

use super::Instance;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::member::text;
use crate::aws::ec2::resource::named;
use crate::aws::ec2::{Tags, id, page};
use crate::aws::error::Answer;

/// ARN of the profile that a launch names.
pub(super) fn of_launch(call: &Call<'_>, parameters: &Value) -> Result<Option<String>, ApiError> {
    let Some(given) = parameters.get("IamInstanceProfile") else { return Ok(None) };
    find(call.account, given).map(Some)
}

/// ARN of the profile that is given by name or by ARN. EC2 comes to know of a new profile only after a while
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html>).
fn find(account: &Account, given: &Value) -> Result<String, ApiError> {
    let invalid = |value: &str, member: &str, what: &str| {
        let message = format!(
            "Value ({value}) for parameter iamInstanceProfile.{member} is invalid. Invalid IAM Instance Profile {what}"
        );
        ApiError::new("InvalidParameterValue", message)
    };
    match (text(given, "Name"), text(given, "Arn")) {
        (Some(_), Some(_)) => Err(ApiError::new(
            "InvalidParameterCombination",
            "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
        )),
        (Some(name), None) => usable(account, name).ok_or_else(|| invalid(name, "name", "name")),
        (None, Some(arn)) => usable(account, arn).ok_or_else(|| invalid(arn, "arn", "ARN")),
        (None, None) => {
            Err(ApiError::new("MissingParameter", "The request must contain the parameter iamInstanceProfile"))
        }
    }
}

/// ARN of the profile of that name or ARN, if EC2 knows of it by now.
fn usable(account: &Account, named: &str) -> Option<String> {
    let profile = account.iam.instance_profile(named)?;
    let arn = profile.entity.arn.clone();
    let consistency = &account.settings.consistency;
    let age = account.now.duration_since(profile.changed);
    let window = consistency.instance_profile_window.into();
    account.sight.sees(&arn, age, window, consistency.flapping).then_some(arn)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile.html>
pub(super) fn associate(call: &mut Call<'_>) -> Answer {
    let profile = find(call.account, call.input.get("IamInstanceProfile").unwrap_or(&Value::Null))?;
    let instance = named::<Instance>(call, "InstanceId")?;
    if instance.state.going() {
        let message =
            format!("The instance '{}' is not in a state from which a profile can be associated.", instance.id);
        return Err(ApiError::new("IncorrectInstanceState", message));
    }
    if instance.profile.is_some() {
        let message = format!("There is an existing association for instance {}", instance.id);
        return Err(ApiError::new("IncorrectState", message));
    }
    let instance = instance.id.clone();
    let association = id::new("iip-assoc", &mut call.account.chance);
    let shown = show(call.account, &association, &instance, &profile, "associating");
    if let Some(instance) = call.ec2().instances.get_mut(&instance) {
        instance.profile = Some((profile, association));
    }
    Ok(json!({ "IamInstanceProfileAssociation": shown }))
}

/// The instance and the profile of an association.
fn associated(call: &Call<'_>) -> Result<(String, String), ApiError> {
    let association = call.required("AssociationId");
    let mut instances = call.look().ec2.instances.values();
    let found = instances.find_map(|instance| {
        let (profile, _) = instance.profile.as_ref().filter(|(_, known)| known == association)?;
        Some((instance.id.clone(), profile.clone()))
    });
    found.ok_or_else(|| {
        let message = format!("An invalid association-id of '{association}' was given");
        ApiError::new("InvalidAssociationID.NotFound", message)
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateIamInstanceProfile.html>
pub(super) fn disassociate(call: &mut Call<'_>) -> Answer {
    let (instance, profile) = associated(call)?;
    if let Some(instance) = call.ec2().instances.get_mut(&instance) {
        instance.profile = None;
    }
    let shown = show(call.account, call.required("AssociationId"), &instance, &profile, "disassociating");
    Ok(json!({ "IamInstanceProfileAssociation": shown }))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceIamInstanceProfileAssociation.html>
pub(super) fn replace(call: &mut Call<'_>) -> Answer {
    let profile = find(call.account, call.input.get("IamInstanceProfile").unwrap_or(&Value::Null))?;
    let (instance, _) = associated(call)?;
    let association = id::new("iip-assoc", &mut call.account.chance);
    let shown = show(call.account, &association, &instance, &profile, "associating");
    if let Some(instance) = call.ec2().instances.get_mut(&instance) {
        instance.profile = Some((profile, association));
    }
    Ok(json!({ "IamInstanceProfileAssociation": shown }))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html>
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["instance-id", "state"])?;
    let wanted = call.texts("AssociationIds");
    let instances = call.look().ec2.instances.values();
    let all: Vec<_> = instances.filter_map(|instance| Some((instance, instance.profile.as_ref()?))).collect();
    if let Some(missing) = wanted.iter().find(|wanted| !all.iter().any(|(_, (_, known))| known == **wanted)) {
        let message = format!("An invalid association-id of '{missing}' was given");
        return Err(ApiError::new("InvalidAssociationID.NotFound", message));
    }
    let passing = all.iter().filter(|(instance, (_, association))| {
        (wanted.is_empty() || wanted.contains(&association.as_str()))
            && filters.pass(&Tags::default(), |name| {
                vec![if name == "state" { "associated".to_owned() } else { instance.id.clone() }]
            })
    });
    let shown = passing
        .map(|(instance, (profile, association))| show(call.account, association, &instance.id, profile, "associated"));
    page::of(call, "IamInstanceProfileAssociations", shown.collect())
}

fn show(account: &Account, association: &str, instance: &str, profile: &str, state: &str) -> Value {
    json!({
        "AssociationId": association,
        "InstanceId": instance,
        "IamInstanceProfile": show_profile(account, profile),
        "State": state,
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfile.html>
pub(super) fn show_profile(account: &Account, arn: &str) -> Value {
    json!({ "Arn": arn, "Id": account.iam.instance_profile(arn).map(|profile| &profile.entity.id) })
}
