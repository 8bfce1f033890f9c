//! What secure strings are encrypted with
//! (<https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html>).

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::kms;

/// Refuses a key that can't be used: "The query key ID isn't valid"
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>).
pub(super) fn check(call: &mut Call<'_>, key: &str) -> Result<(), ApiError> {
    kms::usable(call, key).map(|_| ()).map_err(|error| {
        let message = format!("{} (Service: AWSKMS; Status Code: 400; Error Code: {})", error.message, error.code);
        ApiError::new("InvalidKeyId", message)
    })
}
