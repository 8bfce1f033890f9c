//! Google Cloud Storage, with application default credentials.

use castra_core::{Error, ErrorKind, Result};
use object_store::RetryConfig;
use object_store::gcp::GoogleCloudStorageBuilder;

use super::object::Objects;

/// The objects under a prefix of a bucket. Credentials are found as `gcloud auth application-default` leaves them,
/// from `GOOGLE_APPLICATION_CREDENTIALS`, or from the machine's metadata service.
pub(super) fn open(bucket: &str, prefix: &str) -> Result<Objects> {
    let store = GoogleCloudStorageBuilder::from_env()
        .with_bucket_name(bucket)
        // The journal reads back and tries again by itself.
        .with_retry(RetryConfig { max_retries: 0, ..RetryConfig::default() })
        .build()
        .map_err(|error| Error::new(ErrorKind::Invalid, format!("gs://{bucket} can't hold state: {error}")))?;
    Ok(Objects::under(store, prefix))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn it_opens_without_asking_for_credentials_yet() {
        open("bucket", "castra/prod").unwrap();
    }
}
