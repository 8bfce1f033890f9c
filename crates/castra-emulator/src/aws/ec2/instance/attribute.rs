//! DescribeInstanceAttribute
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html>).

use serde_json::json;

use super::Instance;
use super::show::{Attached, show};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::named;
use crate::aws::error::Answer;

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let instance = named::<Instance>(call, "InstanceId")?;
    let shown = show(&Attached::of(&call.look().ec2, &[instance]), instance);
    let mut answer = json!({ "InstanceId": instance.id });
    let (member, value) = match call.required("Attribute") {
        "instanceType" => ("InstanceType", json!({ "Value": instance.instance_type })),
        "userData" => ("UserData", json!({ "Value": instance.user_data })),
        "disableApiTermination" => ("DisableApiTermination", json!({ "Value": instance.termination_protection })),
        "disableApiStop" => ("DisableApiStop", json!({ "Value": instance.stop_protection })),
        "instanceInitiatedShutdownBehavior" => {
            ("InstanceInitiatedShutdownBehavior", json!({ "Value": instance.shutdown_behavior }))
        }
        "rootDeviceName" => ("RootDeviceName", json!({ "Value": instance.root_device })),
        "blockDeviceMapping" => ("BlockDeviceMappings", shown["BlockDeviceMappings"].clone()),
        "productCodes" => ("ProductCodes", json!([])),
        "sourceDestCheck" => ("SourceDestCheck", json!({ "Value": shown.get("SourceDestCheck") })),
        "groupSet" => ("Groups", shown["SecurityGroups"].clone()),
        "ebsOptimized" => ("EbsOptimized", json!({ "Value": instance.ebs_optimized })),
        "enaSupport" => ("EnaSupport", json!({ "Value": shown["EnaSupport"] })),
        "enclaveOptions" => ("EnclaveOptions", shown["EnclaveOptions"].clone()),
        "sriovNetSupport" => ("SriovNetSupport", json!({ "Value": "simple" })),
        "kernel" => ("KernelId", json!({})),
        "ramdisk" => ("RamdiskId", json!({})),
        attribute => {
            let message = format!("Value ({attribute}) for parameter attribute is invalid. Unknown attribute.");
            return Err(ApiError::new("InvalidParameterValue", message));
        }
    };
    answer[member] = value;
    Ok(answer)
}
