//! The certificate that the application's load balancer shows: the operator's, and so nothing that Castra makes.

use anyhow::Result;
use castra_emulator::Emulator;
use google_cloud_auth::credentials::anonymous;
use google_cloud_compute_v1::client::RegionSslCertificates;
use google_cloud_compute_v1::model::SslCertificate;

use super::lab::REGION;

/// The name of the certificate.
pub(super) const NAME: &str = "camp-example-com";

/// For `www.example.com`, signed by itself, and good until 2125.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBdzCCAR6gAwIBAgIFAQIDBAUwCgYIKoZIzj0EAwIwLDEYMBYGA1UEAwwPd3d3
LmV4YW1wbGUuY29tMRAwDgYDVQQKDAdFeGFtcGxlMCAXDTI1MDEwMTAwMDAwMFoY
DzIxMjUwMTAxMDAwMDAwWjAsMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5jb20xEDAO
BgNVBAoMB0V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASK/mKSHH/b
7UoqvIil8ekv70lq+WKy+VsT4FWlozxJIiUi31b9guDMRwRasH+0Xp0QFmeGawmZ
xg7VFf7KDUk1oyswKTAnBgNVHREEIDAegg93d3cuZXhhbXBsZS5jb22CC2V4YW1w
bGUuY29tMAoGCCqGSM49BAMCA0cAMEQCIF9dd29jWfl+b8UOfys/BgZwGKOyurjA
bx8ubj1we0eHAiAGQS3/E5IH6ST7ITpnPYoTmmB/SDtifhs4AotAxsVp3A==
-----END CERTIFICATE-----
";

/// Its key, which keeps nothing secret.
fn key() -> String {
    let body = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgs1Gudmo/PZS8XEHHKrr4AyRG0umZfRGIcX3yEuEEE7mhRANC\
                AASK/mKSHH/b7UoqvIil8ekv70lq+WKy+VsT4FWlozxJIiUi31b9guDMRwRasH+0Xp0QFmeGawmZxg7VFf7KDUk1";
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n", label = "PRIVATE KEY")
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
