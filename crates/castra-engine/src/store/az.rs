//! Azure Blob Storage, with credentials from the environment, a workload or managed identity, or the Azure CLI.

use castra_core::{Error, ErrorKind, Result};
use object_store::RetryConfig;
use object_store::azure::MicrosoftAzureBuilder;

use super::object::Objects;

/// The objects under a prefix of a container. The Azure CLI's login is used with `AZURE_USE_AZURE_CLI=true`.
pub(super) fn open(account: &str, container: &str, prefix: &str) -> Result<Objects> {
    let store = MicrosoftAzureBuilder::from_env()
        .with_account(account)
        .with_container_name(container)
        // The journal reads back and tries again by itself.
        .with_retry(RetryConfig { max_retries: 0, ..RetryConfig::default() })
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Invalid, format!("az://{account}/{container} can't hold state: {error}"))
        })?;
    Ok(Objects::under(store, prefix))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn it_opens_without_asking_for_credentials_yet() {
        open("account", "container", "castra/prod").unwrap();
    }
}
