//! DescribeInstanceCreditSpecifications
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode.html>).

use serde_json::{Value, json};

use super::{Instance, InstanceState};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::resource::listed;
use crate::aws::ec2::{instance_type, page};
use crate::aws::error::Answer;

/// T2 is `standard` unless told otherwise, the later families `unlimited`.
fn credits(instance: &Instance) -> String {
    let given = instance.request.pointer("/CreditSpecification/CpuCredits").and_then(Value::as_str);
    let usual = if instance.instance_type.starts_with("t2.") { "standard" } else { "unlimited" };
    given.unwrap_or(usual).to_owned()
}

fn burstable(instance: &Instance) -> bool {
    instance_type::named(&instance.instance_type).is_some_and(|kind| kind.family.burstable)
}

/// Without ids, those are listed that are `unlimited`
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html>).
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["instance-id"])?;
    let instances = listed::<Instance>(call, "InstanceIds")?;
    let named = !call.list("InstanceIds").is_empty();
    if let Some(instance) = instances.iter().find(|instance| named && !burstable(instance)) {
        let message = format!("The instance '{}' is not a burstable performance instance.", instance.id);
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let wanted = instances.into_iter().filter(|instance| {
        burstable(instance)
            && instance.state != InstanceState::Terminated
            && (named || credits(instance) == "unlimited")
            && filters.pass(&instance.tags, |_| vec![instance.id.clone()])
    });
    let shown = wanted.map(|instance| json!({ "InstanceId": instance.id, "CpuCredits": credits(instance) }));
    page::of(call, "InstanceCreditSpecifications", shown.collect())
}
