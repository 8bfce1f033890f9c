//! DeregisterImage (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html>).

use serde_json::json;

use super::find;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// Only an image's owner may deregister it; its instances stay.
pub(super) fn deregister(call: &mut Call<'_>) -> Answer {
    let image = find(call.account, &call.look().ec2, call.required("ImageId"))?;
    if image.owner != call.account.id {
        return Err(ApiError::new("AuthFailure", format!("Not authorized for images: [{}]", image.id)));
    }
    call.ec2().images.remove(&image.id);
    Ok(json!({ "Return": true }))
}
