//! A real project of Google Cloud.

/// What must be said for it to be used.
pub(super) const FLAG: &str = "CASTRA_REAL_GCP";

pub(super) const SPEC: &str = r#"name = "NAME"

[provider]
name = "gcp"
project = "PROJECT"
region = "REGION"
image = { project = "debian-cloud", family = "debian-12" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "e2-medium"

[secondaries]
count = COUNT
machine_type = "e2-medium"

[load_balancer]
exposure = "internal"
certificate = "CERTIFICATE"

[tags]
purpose = "castra-smoke-test"
"#;

/// Project and region of a certificate's path, `projects/PROJECT/regions/REGION/sslCertificates/NAME`.
pub(super) fn place(certificate: &str) -> Option<(&str, &str)> {
    match certificate.split('/').collect::<Vec<_>>().as_slice() {
        ["projects", project, "regions", region, "sslCertificates", _] => Some((*project, *region)),
        _ => None,
    }
}
