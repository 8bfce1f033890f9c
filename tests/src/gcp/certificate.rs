//! The certificate that the application's load balancer shows: the operator's, and so nothing that Castra makes.

use anyhow::Result;
use castra_emulator::Emulator;
use google_cloud_auth::credentials::anonymous;
use google_cloud_compute_v1::client::RegionSslCertificates;
use google_cloud_compute_v1::model::SslCertificate;

use super::lab::REGION;

/// The name of the certificate.
pub(crate) const NAME: &str = "camp-example-com";

/// For `www.example.com`, signed by itself, and good until 2125.
const CERTIFICATE: &str = include_str!("../../certificate/certificate.pem");

/// Its key, which keeps nothing secret.
fn key() -> String {
    let body = include_str!("../../certificate/key.base64");
    format!("-----BEGIN {label}-----\n{body}-----END {label}-----\n", label = "PRIVATE KEY")
}

/// Begins to bring the certificate into the region.
pub(crate) async fn bring(emulator: &Emulator, project: &str) -> Result<()> {
    let credentials = anonymous::Builder::new().build();
    let client = RegionSslCertificates::builder()
        .with_endpoint(emulator.endpoint())
        .with_credentials(credentials)
        .build()
        .await?;
    let certificate = SslCertificate::new().set_name(NAME).set_certificate(CERTIFICATE).set_private_key(key());
    client.insert().set_project(project).set_region(REGION).set_body(certificate).send().await?;
    Ok(())
}
