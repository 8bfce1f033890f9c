//! DeleteCertificate (<https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html>).

use serde_json::json;

use super::certificate::of;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::elb;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("DeleteCertificate", delete)];

/// "You cannot delete an ACM certificate that is being used by another Amazon Web Services service."
fn delete(call: &mut Call<'_>) -> Answer {
    let arn = of(call)?.arn.clone();
    if !elb::certificate_users(&call.here().elb, &arn).is_empty() {
        let message = format!("Certificate {arn} is in use.");
        return Err(ApiError::new("ResourceInUseException", message));
    }
    let state = &mut call.here().acm;
    state.certificates.remove(&arn);
    state.tokens.retain(|_, token| token.certificate != arn);
    Ok(json!({}))
}
