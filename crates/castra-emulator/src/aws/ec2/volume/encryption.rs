//! Encryption of volumes (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html>).

use serde_json::json;

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;
use crate::aws::kms;

/// How a new volume is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encryption {
    /// ARN of the key; none = not encrypted.
    pub(crate) key: Option<String>,
    /// Whether that key is there and can be used. AWS looks only after it has answered
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html>, `KmsKeyId`).
    pub(crate) usable: bool,
}

/// The encryption of a volume that is asked for so, of a source that is or isn't encrypted
/// (<https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html#ebs-encryption-outcomes>).
pub(crate) fn encryption(
    call: &mut Call<'_>,
    asked: Option<bool>,
    key: Option<&str>,
    source: bool,
) -> Result<Encryption, ApiError> {
    let by_default = call.look().ec2.encryption_by_default;
    if key.is_some() && asked != Some(true) && !by_default {
        let message = "The parameter KmsKeyId requires the parameter Encrypted to be set.";
        return Err(ApiError::new("InvalidParameterDependency", message));
    }
    if !(by_default || source || asked == Some(true)) {
        return Ok(Encryption { key: None, usable: true });
    }
    let name = key.unwrap_or("alias/aws/ebs");
    let found = kms::usable(call, name);
    let usable = found.is_ok();
    let arn = found.unwrap_or_else(|_| {
        if name.starts_with("arn:") {
            name.to_owned()
        } else {
            let prefix = if name.starts_with("alias/") { "" } else { "key/" };
            call.arn("kms", &format!("{prefix}{name}"))
        }
    });
    Ok(Encryption { key: Some(arn), usable })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html>
pub(super) fn by_default(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "EbsEncryptionByDefault": call.look().ec2.encryption_by_default, "SseType": "sse-ebs" }))
}

pub(super) fn enable_by_default(call: &mut Call<'_>) -> Answer {
    call.ec2().encryption_by_default = true;
    Ok(json!({ "EbsEncryptionByDefault": true }))
}

pub(super) fn disable_by_default(call: &mut Call<'_>) -> Answer {
    call.ec2().encryption_by_default = false;
    Ok(json!({ "EbsEncryptionByDefault": false }))
}

/// The key of those who name none: AWS's own for the account, until another is chosen
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsDefaultKmsKeyId.html>).
pub(super) fn default_key(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "KmsKeyId": "alias/aws/ebs" }))
}
