//! Requests to raise a quota. They are taken, and stay pending, as a person at AWS would have to look at them; tests
//! raise limits by the account's settings
//! (<https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_RequestServiceQuotaIncrease.html>).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::catalogue::Quota;
use super::list::{arn, quota, service};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// What the service holds in a region.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// By id.
    requests: BTreeMap<String, Request>,
}

/// A request that is pending.
#[derive(Debug, Clone)]
struct Request {
    id: String,
    quota: &'static Quota,
    desired: f64,
    created: Timestamp,
    requester: String,
}

pub(super) const OPERATIONS: Operations =
    &[("GetRequestedServiceQuotaChange", get), ("RequestServiceQuotaIncrease", request)];

/// "Active service quota increase requests per account": 20
/// (<https://docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html>).
const MOST: usize = 20;

impl Request {
    fn shown(&self, call: &Call<'_>) -> Value {
        let (_, name, global) = super::catalogue::SERVICES
            .iter()
            .find(|(code, ..)| *code == self.quota.service)
            .copied()
            .unwrap_or(("", "", false));
        json!({
            "Id": self.id,
            "ServiceCode": self.quota.service,
            "ServiceName": name,
            "QuotaCode": self.quota.code,
            "QuotaName": self.quota.name,
            "DesiredValue": self.desired,
            "Status": "PENDING",
            "Created": epoch(self.created),
            "LastUpdated": epoch(self.created),
            "Requester": self.requester,
            "QuotaArn": arn(call, self.quota, &call.account.id),
            "GlobalQuota": global,
            "Unit": "None",
            "QuotaRequestedAtLevel": "ACCOUNT",
        })
    }
}

fn request(call: &mut Call<'_>) -> Answer {
    service(call)?;
    let quota = quota(call)?;
    let desired = call.input.get("DesiredValue").and_then(Value::as_f64).unwrap_or_default();
    let illegal = |message: &str| Err(ApiError::new("IllegalArgumentException", message));
    if !quota.adjustable {
        return illegal("The quota is not adjustable.");
    }
    if desired <= quota.value(&call.account.settings) {
        return illegal("You must provide a quota value greater than the current quota value.");
    }
    let mut requests = call.account.regions.values().flat_map(|region| region.quotas.requests.values());
    let here = &call.look().quotas.requests;
    if here.values().any(|request| request.quota.code == quota.code) {
        // <https://github.com/hashicorp/terraform-provider-aws/issues/19657>
        let message = "Only one open service quota increase request is allowed per quota.";
        return Err(ApiError::new("ResourceAlreadyExistsException", message));
    }
    if requests.nth(MOST - 1).is_some() {
        return Err(ApiError::new("QuotaExceededException", "You have too many open quota increase requests."));
    }
    let request = Request {
        id: call.account.chance.hex(32),
        quota,
        desired,
        created: call.now(),
        requester: json!({ "accountId": call.account.id, "callerArn": call.caller.arn }).to_string(),
    };
    let shown = request.shown(call);
    call.here().quotas.requests.insert(request.id.clone(), request);
    Ok(json!({ "RequestedQuota": shown }))
}

/// <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetRequestedServiceQuotaChange.html>
fn get(call: &mut Call<'_>) -> Answer {
    let request = call.look().quotas.requests.get(call.required("RequestId"));
    let missing = || ApiError::new("NoSuchResourceException", "The specified request does not exist.");
    Ok(json!({ "RequestedQuota": request.ok_or_else(missing)?.shown(call) }))
}
