//! The SDK's clients, set up the one way that Castra uses them.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;

use crate::read_only::ReadOnly;

/// One client for each service. Either all of them may write, or none.
#[derive(Debug, Clone)]
pub(crate) struct Clients {
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) autoscaling: aws_sdk_autoscaling::Client,
    pub(crate) elb: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) ssm: aws_sdk_ssm::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    #[cfg(feature = "acm")]
    pub(crate) acm: aws_sdk_acm::Client,
    #[cfg(feature = "route53")]
    pub(crate) route53: aws_sdk_route53::Client,
    pub(crate) region: String,
}

/// How AWS is reached: a region, and where asked for another endpoint or given credentials than the SDK's own chains
/// would find.
///
/// ```
/// use castra_aws::Connection;
///
/// let connection = Connection::new("eu-central-1").endpoint("http://127.0.0.1:5000").credentials("id", "canary", None);
/// assert!(!format!("{connection:?}").contains("canary"));
/// ```
#[derive(Debug, Clone)]
pub struct Connection {
    region: String,
    endpoint: Option<String>,
    credentials: Option<Credentials>,
}

impl Connection {
    /// A region, with the SDK's credential chain and `AWS_ENDPOINT_URL`.
    pub fn new(region: impl Into<String>) -> Self {
        Self { region: region.into(), endpoint: None, credentials: None }
    }

    /// Calls this endpoint for every service, as `AWS_ENDPOINT_URL` does for a process.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Uses these credentials instead of those that the SDK would find.
    #[must_use]
    pub fn credentials(mut self, id: impl Into<String>, secret: impl Into<String>, token: Option<String>) -> Self {
        self.credentials = Some(Credentials::new(id, secret, token, None, "castra"));
        self
    }

    /// The SDK's configuration: its retries off because the engine has them, and timeouts that only a dead
    /// connection reaches.
    pub(crate) async fn configure(&self) -> SdkConfig {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(10))
                    .operation_attempt_timeout(Duration::from_secs(60))
                    .build(),
            );
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(credentials) = &self.credentials {
            loader = loader.credentials_provider(credentials.clone());
        }
        loader.load().await
    }
}

macro_rules! client {
    ($sdk:ident, $config:expr, $read_only:expr) => {{
        let mut builder = $sdk::config::Builder::from($config);
        if $read_only {
            builder = builder.interceptor(ReadOnly);
        }
        $sdk::Client::from_conf(builder.build())
    }};
}

impl Clients {
    /// Clients from a configuration; with `read_only` each refuses whatever isn't on the list of reads.
    pub(crate) fn new(config: &SdkConfig, read_only: bool) -> Self {
        Self {
            ec2: client!(aws_sdk_ec2, config, read_only),
            autoscaling: client!(aws_sdk_autoscaling, config, read_only),
            elb: client!(aws_sdk_elasticloadbalancingv2, config, read_only),
            iam: client!(aws_sdk_iam, config, read_only),
            ssm: client!(aws_sdk_ssm, config, read_only),
            sts: client!(aws_sdk_sts, config, read_only),
            #[cfg(feature = "acm")]
            acm: client!(aws_sdk_acm, config, read_only),
            #[cfg(feature = "route53")]
            route53: client!(aws_sdk_route53, config, read_only),
            region: config.region().map(ToString::to_string).unwrap_or_default(),
        }
    }
}
