//! Whose credentials sign a request.

use crate::aws::account::Account;
use crate::aws::caller::{Caller, Principal};
use crate::aws::contract::Protocol;
use crate::aws::error::ApiError;
use crate::aws::wire::Signature;
use crate::aws::{mishap, services, sts};
use crate::faults::Mishap;

/// Who signs so; refused for credentials that aren't good.
///
/// The account's number as access key id is its root user; what has the form of AWS's access key ids must have been
/// issued; anything else is the root user too, as many tools that aim at emulators sign with made-up names.
pub(crate) fn caller(account: &mut Account, service: &str, signature: &Signature) -> Result<Caller, ApiError> {
    let key = signature.access_key.as_str();
    match key.get(..4) {
        Some("AKIA") if issued_form(key) => of_key(account, service, signature),
        Some("ASIA") if issued_form(key) => of_session(account, service, signature),
        _ => Ok(root(account, key)),
    }
}

/// Four letters and sixteen digits of base32
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>).
fn issued_form(key: &str) -> bool {
    key.len() == 20 && key.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7'))
}

fn root(account: &Account, key: &str) -> Caller {
    Caller {
        access_key: key.to_owned(),
        account: account.id.clone(),
        arn: format!("arn:aws:iam::{}:root", account.id),
        user_id: account.id.clone(),
        principal: Principal::Root,
    }
}

fn of_user(account: &Account, key: &str, name: &str) -> Option<Caller> {
    let user = &account.iam.users.get(name)?.entity;
    Some(Caller {
        access_key: key.to_owned(),
        account: account.id.clone(),
        arn: user.arn.clone(),
        user_id: user.id.clone(),
        principal: Principal::User(name.to_owned()),
    })
}

/// The caller with a long-term key.
fn of_key(account: &mut Account, service: &str, signature: &Signature) -> Result<Caller, ApiError> {
    let id = signature.access_key.as_str();
    let now = account.now;
    let found = account.iam.keys.get(id).filter(|key| key.active && account.shows(id, key.created));
    let user = found.map(|key| key.user.clone()).ok_or_else(|| invalid(service))?;
    if signature.session_token.is_some() {
        return Err(invalid(service));
    }
    let caller = match user {
        Some(name) => of_user(account, id, &name).ok_or_else(|| invalid(service))?,
        None => root(account, id),
    };
    if let Some(key) = account.iam.keys.get_mut(id) {
        key.last_used = Some((now, signature.region.clone(), service.to_owned()));
    }
    Ok(caller)
}

/// The caller with temporary credentials, which are a key and a session token.
fn of_session(account: &mut Account, service: &str, signature: &Signature) -> Result<Caller, ApiError> {
    let id = signature.access_key.as_str();
    let session = account.sts.session(id).ok_or_else(|| invalid(service))?;
    if signature.session_token.as_deref() != Some(session.token.as_str()) {
        return Err(invalid(service));
    }
    if account.now >= session.expires {
        return Err(mishap::refusal(service, protocol(service), "", "", Mishap::ExpiredCredentials));
    }
    match &session.of {
        sts::Of::Root => Ok(root(account, id)),
        sts::Of::User(name) => {
            // "If the IAM user is federated and passes MFA information ..": without, IAM's operations are out of reach
            // (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html).
            if service == "iam" {
                return Err(invalid(service));
            }
            of_user(account, id, name).ok_or_else(|| invalid(service))
        }
        sts::Of::Role { name, id: role, session: title } => {
            let there = account.iam.roles.get(name).is_some_and(|found| found.entity.id == *role);
            if !there {
                return Err(invalid(service));
            }
            Ok(Caller {
                access_key: id.to_owned(),
                account: account.id.clone(),
                arn: format!("arn:aws:sts::{}:assumed-role/{name}/{title}", account.id),
                user_id: format!("{role}:{title}"),
                principal: Principal::Role(name.clone()),
            })
        }
    }
}

fn protocol(service: &str) -> Protocol {
    let protocols = services::named(service).map(|service| service.contract.metadata.protocols.as_slice());
    protocols.and_then(|protocols| protocols.first()).copied().unwrap_or(Protocol::Query)
}

/// The refusal of keys that nobody has, in each service's words: EC2's
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>, S3's
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>, the query services'
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>, and the JSON services'
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>.
fn invalid(service: &str) -> ApiError {
    match (service, protocol(service)) {
        ("ec2", _) => {
            let message = "AWS was not able to validate the provided access credentials";
            ApiError::new("AuthFailure", message).status(401)
        }
        ("s3", _) => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            ApiError::new("InvalidAccessKeyId", message).status(403)
        }
        (_, Protocol::Json | Protocol::Cbor) => {
            let message = "The security token included in the request is invalid.";
            ApiError::new("UnrecognizedClientException", message).status(400)
        }
        _ => {
            let message = "The security token included in the request is invalid.";
            ApiError::new("InvalidClientTokenId", message).status(403)
        }
    }
}
