//! The cloud as others use it: the SDK's own clients, for what is done behind Castra's back.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;

/// One SDK client for each service, in one account.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// Certificates.
    pub acm: aws_sdk_acm::Client,
    /// Groups of machines.
    pub autoscaling: aws_sdk_autoscaling::Client,
    /// Machines and networks.
    pub ec2: aws_sdk_ec2::Client,
    /// Load balancers.
    pub elb: aws_sdk_elasticloadbalancingv2::Client,
    /// Identities.
    pub iam: aws_sdk_iam::Client,
    /// Names.
    pub route53: aws_sdk_route53::Client,
    /// Parameters.
    pub ssm: aws_sdk_ssm::Client,
}

impl Cloud {
    /// Clients of an account on an emulator.
    pub async fn emulated(endpoint: &str, region: &str, account: &str) -> Self {
        let loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .endpoint_url(endpoint)
            .credentials_provider(Credentials::new(account, "unused", None, None, "castra-tests"));
        Self::of(&loader.load().await)
    }

    /// Clients of the account that the environment's credentials lead to.
    pub async fn real(region: &str) -> Self {
        let loader = aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region.to_owned()));
        Self::of(&loader.load().await)
    }

    fn of(config: &SdkConfig) -> Self {
        Self {
            acm: aws_sdk_acm::Client::new(config),
            autoscaling: aws_sdk_autoscaling::Client::new(config),
            ec2: aws_sdk_ec2::Client::new(config),
            elb: aws_sdk_elasticloadbalancingv2::Client::new(config),
            iam: aws_sdk_iam::Client::new(config),
            route53: aws_sdk_route53::Client::new(config),
            ssm: aws_sdk_ssm::Client::new(config),
        }
    }
}
