//! Options of the instance metadata service
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html>).

use serde_json::{Map, Value, json};

use super::{Due, Instance, InstanceState};
use crate::aws::ApiError;
use crate::aws::account::What;
use crate::aws::call::Call;
use crate::aws::ec2::image::Image;
use crate::aws::ec2::member::number;
use crate::aws::ec2::resource::named;
use crate::aws::error::Answer;

const OPTIONS: [&str; 5] =
    ["HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags"];

/// The options of instances to come: those that are given, then the image's, then AWS's
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html#instance-metadata-options-order-of-precedence>).
/// They are `pending` until the instance runs.
pub(super) fn of_launch(parameters: &Value, image: &Image) -> Result<Value, ApiError> {
    // An image with `ImdsSupport` asks for tokens, and for two hops
    // (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html#configure-IMDS-new-instances-ami-configuration).
    let (tokens, hops) = if image.imds_v2 { ("required", 2) } else { ("optional", 1) };
    let mut options = json!({
        "State": "pending",
        "HttpTokens": tokens,
        "HttpPutResponseHopLimit": hops,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
    });
    if let (Some(given), Some(options)) = (parameters.get("MetadataOptions"), options.as_object_mut()) {
        check(given)?;
        apply(options, given);
    }
    Ok(options)
}

/// "Possible values: Integers from 1 to 64"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html>).
fn check(given: &Value) -> Result<(), ApiError> {
    match number(given, "HttpPutResponseHopLimit") {
        Some(hops) if !(1..=64).contains(&hops) => {
            let message = format!(
                "Value ({hops}) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and 64."
            );
            Err(ApiError::new("InvalidParameterValue", message))
        }
        _ => Ok(()),
    }
}

fn apply(options: &mut Map<String, Value>, given: &Value) {
    for option in OPTIONS {
        if let Some(value) = given.get(option) {
            options.insert(option.to_owned(), value.clone());
        }
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html>
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    let instance = named::<Instance>(call, "InstanceId")?;
    let given = OPTIONS.iter().any(|option| call.input.get(*option).is_some());
    if !given {
        let message = "The request must contain at least one metadata option to modify";
        return Err(ApiError::new("MissingParameter", message));
    }
    check(call.input)?;
    if !matches!(instance.state, InstanceState::Pending | InstanceState::Running | InstanceState::Stopped) {
        let message = format!(
            "The instance '{}' is in the '{}' state, in which its metadata options can't be modified.",
            instance.id,
            instance.state.name()
        );
        return Err(ApiError::new("IncorrectInstanceState", message));
    }
    let id = instance.id.clone();
    let input = call.input;
    let mut shown = Value::Null;
    if let Some(instance) = call.ec2().instances.get_mut(&id) {
        if let Some(options) = instance.metadata.as_object_mut() {
            apply(options, input);
            options.insert("State".to_owned(), "pending".into());
        }
        shown = instance.metadata.clone();
    }
    let after = call.account.settings.timings.metadata_options;
    call.schedule(after, What::Ec2(crate::aws::ec2::Due::Instance(Due::Metadata(id.clone()))));
    Ok(json!({ "InstanceId": id, "InstanceMetadataOptions": shown }))
}
