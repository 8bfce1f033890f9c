//! GetConsoleOutput (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-console.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::{Instance, InstanceState};
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::resource::named;
use crate::aws::error::Answer;

/// What an instance wrote to its console: nothing before it has booted, which takes as long as its checks.
pub(super) fn output(call: &mut Call<'_>) -> Answer {
    let instance = named::<Instance>(call, "InstanceId")?;
    let booted = call.now().duration_since(instance.launched).as_secs_f64()
        >= call.account.settings.timings.instance_initializing.0 / 2.0;
    let text = match instance.state {
        InstanceState::Pending => String::new(),
        _ if booted => format!("Booting the kernel.\r\ncloud-init: finished\r\n{} login: ", instance.id),
        _ => String::new(),
    };
    let mut shown = json!({ "InstanceId": instance.id, "Timestamp": epoch(call.now()) });
    if !text.is_empty() {
        shown["Output"] = BASE64_STANDARD.encode(text).into();
    }
    Ok(shown)
}
