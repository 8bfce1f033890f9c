//! What S3 holds: buckets, each in a region. Their names are unique within the account only, as accounts of the
//! emulator know nothing of each other.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::bucket::Bucket;
use super::error;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::object::{Objects, texts};

/// The account's buckets.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) buckets: BTreeMap<String, Bucket>,
}

impl State {
    /// The buckets, and what is in them.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for bucket in self.buckets.values() {
            objects.add("bucket", &bucket.name, None, texts(&bucket.tags));
            for key in bucket.objects.keys() {
                objects.add("object", &format!("{}/{key}", bucket.name), None, BTreeMap::new());
            }
        }
    }

    /// How many versions, uploads and parts there are, and their bytes.
    fn stored(&self) -> (usize, usize) {
        let all = self.buckets.values().map(Bucket::stored);
        all.fold((0, 0), |(items, bytes), (more, larger)| (items + more, bytes + larger))
    }
}

/// Which bucket a call is about.
///
/// # Errors
///
/// - `NoSuchBucket`.
/// - `PermanentRedirect`: a region's endpoint serves the buckets of its region. Clients learn the right one from the
///   `x-amz-bucket-region` header: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingRouting.html>,
///   <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>.
/// - `AccessDenied` if the caller expects another owner:
///   <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html>.
pub(super) fn named<'a>(call: &'a Call<'_>, name: &str, expected_owner: Option<&str>) -> Result<&'a Bucket, ApiError> {
    let bucket = call.account.s3.buckets.get(name).ok_or_else(|| error::no_such_bucket(name))?;
    if bucket.region != call.region {
        let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please \
                       send all future requests to this endpoint.";
        return Err(ApiError::new("PermanentRedirect", message)
            .status(301)
            .with("Endpoint", format!("s3.{}.amazonaws.com", bucket.region))
            .with("Bucket", name)
            .with("Region", bucket.region.as_str())
            .with("x-amz-bucket-region", bucket.region.as_str()));
    }
    match expected_owner {
        Some(owner) if owner != call.account.id => Err(error::access_denied()),
        _ => Ok(bucket),
    }
}

/// The bucket of a call, to look at; see [`named`].
pub(super) fn bucket<'a>(call: &'a Call<'_>) -> Result<&'a Bucket, ApiError> {
    named(call, call.required("Bucket"), call.text("ExpectedBucketOwner"))
}

/// The bucket of a call, to change; see [`named`].
pub(super) fn bucket_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Bucket, ApiError> {
    bucket(call)?;
    let name = call.required("Bucket");
    call.account.s3.buckets.get_mut(name).ok_or_else(|| error::no_such_bucket(name))
}

/// Whether the account may store one thing more, of that many bytes. S3 has no such limit: this is the emulator's own, as
/// all that it holds is in memory.
pub(super) fn check_room(call: &Call<'_>, bytes: usize) -> Result<(), ApiError> {
    let limits = &call.account.settings.s3_limits;
    let (items, stored) = call.account.s3.stored();
    if stored.saturating_add(bytes) > limits.stored_bytes {
        let most = limits.stored_bytes;
        let message = format!("The emulator holds no more than {most} bytes of an account (s3_limits.stored_bytes).");
        let error = ApiError::new("EntityTooLarge", message);
        return Err(error.with("ProposedSize", bytes).with("MaxSizeAllowed", most));
    }
    if items >= limits.stored_items {
        let most = limits.stored_items;
        let message = format!("The emulator holds no more than {most} things of an account (s3_limits.stored_items).");
        return Err(ApiError::new("EntityTooLarge", message));
    }
    Ok(())
}

/// The canonical user id of an account
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html>): 64 hexadecimal digits.
pub(super) fn owner(account: &str) -> String {
    Sha256::digest(account).iter().map(|byte| format!("{byte:02x}")).collect()
}
