//! The certificate that the application's load balancer shows: the operator's, and so nothing that Castra makes.

use anyhow::Result;
use castra_emulator::Emulator;
use serde_json::{Value, json};

use super::cloud::{Cloud, send};
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

/// A request for it, by a name.
fn body(name: &str) -> Value {
    json!({ "name": name, "certificate": CERTIFICATE, "privateKey": key() })
}

/// Begins to bring the certificate into the region.
pub(crate) async fn bring(emulator: &Emulator, project: &str) -> Result<()> {
    let path = format!("/compute/v1/projects/{project}/regions/{REGION}/sslCertificates");
    send(emulator.address(), "POST", &path, &body(NAME)).await.map(drop)
}

impl Cloud {
    /// Brings the certificate into the region, by another name.
    ///
    /// # Errors
    /// As [`Cloud::meddle`].
    pub async fn bring_certificate(&self, name: &str) -> Result<()> {
        self.meddle("POST", &format!("regions/{REGION}/sslCertificates"), body(name)).await
    }
}
