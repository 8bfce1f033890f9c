//! Google Cloud.

use anyhow::{Context as _, Result};
use castra_emulator::{Emulator, Listens, Object, Options};
use castra_gcp::{Connection, Gcp};

use super::Operation;
use crate::gcp::{REGION, certificate};

/// The project of every world.
pub(super) const PROJECT: &str = "killed-runs";

/// The variable with the emulator's address.
const ENDPOINT: &str = "CASTRA_GCP_ENDPOINT";

pub(super) fn prepare(options: &mut Options) {
    options.project_settings.workload.listens = vec![Listens::default()];
}

/// The variable with the file of the certificates that are trusted instead of the system's.
const TRUSTED: &str = "SSL_CERT_FILE";

/// Begins to bring a certificate in; tells its name.
pub(super) async fn certificate(emulator: &Emulator) -> Result<String> {
    certificate::bring(emulator, PROJECT).await?;
    Ok(certificate::NAME.to_owned())
}

/// Where the emulator is, and whom to trust. Each of the SDK's clients reads all certificates that the system trusts, which
/// takes longer than what a child does then; so it is told to read one, for connections that nobody makes.
pub(super) fn environment(endpoint: &str) -> Vec<(&'static str, String)> {
    let trusted = concat!(env!("CARGO_MANIFEST_DIR"), "/certificate/certificate.pem");
    vec![(ENDPOINT, endpoint.to_owned()), (TRUSTED, trusted.to_owned())]
}

pub(super) async fn backend() -> Result<Gcp> {
    std::env::var(ENDPOINT).with_context(|| format!("{ENDPOINT} names the emulator"))?;
    Ok(Gcp::through(&Connection::new(PROJECT, REGION)).await?)
}

/// Its name, without what differs from one cluster to the next: the four letters that Google adds to those of a managed
/// group's machines and their disks
/// (<https://cloud.google.com/compute/docs/instance-groups/working-with-managed-instances>), and the digest of its content,
/// labels with the uid included, in a template's.
pub(super) fn title(object: &Object) -> String {
    let added = match object.kind.as_str() {
        "instances" | "disks" => 4,
        "instanceTemplates" => 8,
        _ => return object.id.clone(),
    };
    let parts = object.id.rsplit_once('-').filter(|(_, added_here)| added_here.len() == added);
    parts.map_or_else(|| object.id.clone(), |(base, _)| base.to_owned())
}

/// Passages of the reference cluster's spec and what stands in their place.
pub(super) fn edits(operation: Operation) -> &'static [(&'static str, &'static str)] {
    match operation {
        Operation::Create | Operation::Destroy => &[],
        Operation::ScaleOut => &[("count = 5", "count = 8")],
        Operation::ScaleIn => &[("count = 5", "count = 4")],
        Operation::Change => &[
            (
                "count = 5\nmachine_type = \"n2-standard-4\"",
                "count = 5\nmachine_type = \"n2-standard-8\"\nroot_disk = { size = \"150GiB\" }",
            ),
            (
                "allowed_cidrs = [\"0.0.0.0/0\"]",
                "allowed_cidrs = [\"198.51.100.0/24\", \"203.0.113.0/24\"]\nhealth_check = { path = \"/ready\" }",
            ),
            (
                "[tags]\nteam = \"platform\"",
                "[protection]\nenabled = true\n\n[tags]\nteam = \"bedrock\"\ntier = \"one\"",
            ),
        ],
    }
}
