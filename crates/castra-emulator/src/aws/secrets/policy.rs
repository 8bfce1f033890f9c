//! Resource policies, which are kept and shown; who may read a secret is decided by the callers' own policies
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html>).

use super::state::{any, live};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::aws::iam::{Document, Principal, Principals, resource_policy};

pub(super) const OPERATIONS: Operations =
    &[("DeleteResourcePolicy", delete), ("GetResourcePolicy", get), ("PutResourcePolicy", put)];

fn put(call: &mut Call<'_>) -> Answer {
    let (text, block) = (call.required("ResourcePolicy"), call.flag("BlockPublicPolicy"));
    live(call)?;
    let document =
        resource_policy(text).map_err(|message| ApiError::new("MalformedPolicyDocumentException", message))?;
    if block && is_public(&document) {
        let message = "The BlockPublicPolicy parameter is set to true, and the resource policy grants broad access to \
                       the secret.";
        return Err(ApiError::new("PublicPolicyException", message));
    }
    let secret = live(call)?;
    secret.policy = Some(text.to_owned());
    Ok(secret.named().into())
}

/// Whether a policy allows everyone something without conditions.
fn is_public(document: &Document) -> bool {
    document.statements.iter().any(|statement| {
        let everyone = |principals: &Principals| principals.take(|principal| *principal == Principal::Everyone);
        statement.allows && statement.conditions.is_empty() && statement.principals.as_ref().is_some_and(everyone)
    })
}

fn get(call: &mut Call<'_>) -> Answer {
    let secret = any(call)?;
    let mut shown = secret.named();
    if let Some(policy) = &secret.policy {
        shown.insert("ResourcePolicy".to_owned(), policy.as_str().into());
    }
    Ok(shown.into())
}

fn delete(call: &mut Call<'_>) -> Answer {
    let secret = live(call)?;
    secret.policy = None;
    Ok(secret.named().into())
}
