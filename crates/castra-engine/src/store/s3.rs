//! Amazon S3, with the AWS SDK's credential chain, region and endpoint.

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use castra_core::{Error, ErrorKind, Result};
use object_store::aws::{AmazonS3Builder, AwsCredential, S3ConditionalPut};
use object_store::{CredentialProvider, RetryConfig};

use super::object::Objects;

/// The environment variable with S3's own endpoint; the one for all services is in the SDK's configuration.
/// Source: the AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
const ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

/// The AWS SDK's credentials, as object_store asks for them.
#[derive(Debug)]
struct Chain(SharedCredentialsProvider);

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let credentials = self.0.provide_credentials().await.map_err(|error| object_store::Error::Unauthenticated {
            path: "the journal".into(),
            source: Box::new(error),
        })?;
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        }))
    }
}

/// The objects under a prefix of a bucket.
pub(super) async fn open(bucket: &str, prefix: &str) -> Result<Objects> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let own = std::env::var(ENDPOINT).ok().filter(|endpoint| !endpoint.is_empty());
    let store = builder(&config, own.as_deref(), bucket)?
        .build()
        .map_err(|error| Error::new(ErrorKind::Invalid, format!("s3://{bucket} can't hold state: {error}")))?;
    Ok(Objects::under(store, prefix))
}

fn builder(config: &SdkConfig, own_endpoint: Option<&str>, bucket: &str) -> Result<AmazonS3Builder> {
    let region = config.region().ok_or_else(|| {
        Error::new(ErrorKind::Invalid, format!("the region of s3://{bucket} is not known"))
            .remedy("set AWS_REGION, or `region` in the AWS profile")
    })?;
    let credentials = config.credentials_provider().ok_or_else(|| {
        Error::new(ErrorKind::Credentials, "there are no AWS credentials").remedy("log in, or set AWS_PROFILE")
    })?;
    let builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region.as_ref())
        .with_credentials(Arc::new(Chain(credentials)))
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        // The journal reads back and tries again by itself.
        .with_retry(RetryConfig { max_retries: 0, ..RetryConfig::default() });
    match own_endpoint.or(config.endpoint_url()) {
        None => Ok(builder.with_virtual_hosted_style_request(true)),
        Some(endpoint) => {
            let plain = is_plain(endpoint)?;
            Ok(builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false).with_allow_http(plain))
        }
    }
}

/// True for an endpoint without TLS, which is only for this machine.
fn is_plain(endpoint: &str) -> Result<bool> {
    let invalid = |why: &str| {
        Error::new(ErrorKind::Invalid, format!("the S3 endpoint in the environment is unusable: {why}"))
            .remedy(format!("correct {ENDPOINT} or AWS_ENDPOINT_URL"))
    };
    let url = url::Url::parse(endpoint).map_err(|error| invalid(&error.to_string()))?;
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(false),
        ("http", Some(url::Host::Ipv4(address))) if address.is_loopback() => Ok(true),
        ("http", Some(url::Host::Ipv6(address))) if address.is_loopback() => Ok(true),
        ("http", Some(url::Host::Domain("localhost"))) => Ok(true),
        ("http", Some(_)) => Err(invalid("plain HTTP is only for loopback addresses")),
        _ => Err(invalid("it is not an http or https URL")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use aws_config::Region;
    use aws_credential_types::Credentials;
    use object_store::aws::AmazonS3ConfigKey;

    use super::*;

    fn config(endpoint: Option<&str>) -> SdkConfig {
        let credentials = Credentials::new("id", "hunter2", Some("token".into()), None, "test");
        let mut builder = SdkConfig::builder()
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials));
        builder.set_endpoint_url(endpoint.map(str::to_owned));
        builder.build()
    }

    #[test]
    fn region_and_endpoint_come_from_the_chain() {
        let config = config(Some("http://127.0.0.1:5000"));
        let builder = builder(&config, None, "bucket").unwrap();
        let value = |key| builder.get_config_value(&key);
        assert_eq!(value(AmazonS3ConfigKey::Region).as_deref(), Some("eu-west-1"));
        assert_eq!(value(AmazonS3ConfigKey::Endpoint).as_deref(), Some("http://127.0.0.1:5000"));
        builder.build().unwrap();
    }

    #[test]
    fn its_own_endpoint_goes_before_that_of_all_services() {
        let config = config(Some("http://127.0.0.1:5000"));
        let builder = builder(&config, Some("http://[::1]:6000"), "bucket").unwrap();
        assert_eq!(builder.get_config_value(&AmazonS3ConfigKey::Endpoint).as_deref(), Some("http://[::1]:6000"));
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!(is_plain("http://localhost:5000").unwrap());
        assert!(!is_plain("https://s3.example.com").unwrap());
        for endpoint in ["http://s3.example.com", "http://10.0.0.1", "ftp://localhost", "nonsense"] {
            assert_eq!(is_plain(endpoint).unwrap_err().kind(), ErrorKind::Invalid, "{endpoint}");
        }
    }

    #[test]
    fn a_missing_region_is_said() {
        assert_eq!(builder(&SdkConfig::builder().build(), None, "b").unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[tokio::test]
    async fn the_sdks_credentials_are_bridged_and_not_shown() {
        let chain = Chain(config(None).credentials_provider().unwrap());
        let credential = chain.get_credential().await.unwrap();
        assert_eq!((credential.key_id.as_str(), credential.token.as_deref()), ("id", Some("token")));
        assert!(!format!("{chain:?} {credential:?}").contains("hunter2"));
    }

    /// Speaks to the loopback endpoint that it is given, as a whole journal does.
    #[tokio::test]
    #[ignore = "needs an emulator of S3: its loopback URL in CASTRA_TEST_MOTO"]
    async fn an_emulator_keeps_a_journal() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let endpoint = std::env::var("CASTRA_TEST_MOTO").unwrap();
        let bucket = format!("castra-{}", uuid::Uuid::new_v4());
        let mut stream = tokio::net::TcpStream::connect(endpoint.trim_start_matches("http://")).await.unwrap();
        let location =
            "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
        let request = format!(
            "PUT /{bucket} HTTP/1.1\r\nHost: s3.eu-west-1.amazonaws.com\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{location}",
            location.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let store = builder(&config(Some(&endpoint)), None, &bucket).unwrap().build().unwrap();
        super::super::object::contract(&Objects::under(store, "clusters/prod")).await;
    }
}
