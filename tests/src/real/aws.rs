//! A real account of AWS.

/// What must be said for it to be used.
pub(super) const FLAG: &str = "CASTRA_REAL_AWS";

pub(super) const SPEC: &str = r#"name = "NAME"

[provider]
name = "aws"
region = "REGION"
image = { ssm_parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }
nat_gateways = "one"

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "t3.small"

[secondaries]
count = COUNT
machine_type = "t3.small"

[load_balancer]
exposure = "internal"
certificate = "CERTIFICATE"

[tags]
purpose = "castra smoke test"
"#;

/// The region of a certificate's ARN.
pub(super) fn region(certificate: &str) -> Option<&str> {
    certificate.split(':').nth(3).filter(|region| !region.is_empty())
}
