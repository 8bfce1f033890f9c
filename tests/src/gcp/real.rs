//! A real project, which nothing here uses unless the environment says so.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use castra_core::Backend;
use castra_core::spec::Spec;
use castra_engine::store::StateUrl;
use castra_gcp::{Connection, Gcp, GcpProvider};

use crate::real::{CERTIFICATE, Spot};

/// What must be said for it to be used.
const FLAG: &str = "CASTRA_REAL_GCP";

const SPEC: &str = r#"name = "NAME"

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

/// The place of one cluster in the project and region of a certificate that `CASTRA_REAL_CERTIFICATE` names as
/// `projects/PROJECT/regions/REGION/sslCertificates/NAME`. What it costs is small and real.
#[derive(Debug)]
pub struct Real {
    /// The cluster's name, which no other test's has.
    pub name: String,
    /// The project.
    pub project: String,
    /// The region.
    pub region: String,
    /// The folder of its journal. It stays, for whoever has to look at a run that failed.
    pub folder: PathBuf,
    certificate: String,
}

impl Real {
    /// Whether the environment says that a real project may be used.
    pub fn is_wanted() -> bool {
        Spot::is_wanted(FLAG)
    }

    /// A place for a cluster.
    ///
    /// # Errors
    /// When the environment doesn't say that it may cost money, or names no regional certificate.
    pub fn open() -> Result<Self> {
        let Spot { name, folder, certificate } = Spot::open(FLAG)?;
        let parts: Vec<&str> = certificate.split('/').collect();
        let (project, region) = match parts.as_slice() {
            ["projects", project, "regions", region, "sslCertificates", _] => Some((*project, *region)),
            _ => None,
        }
        .with_context(|| format!("{CERTIFICATE} is no path of a regional certificate"))?;
        Ok(Self { name, project: project.to_owned(), region: region.to_owned(), folder, certificate })
    }

    /// The backend of a fresh process, by the environment's credentials.
    ///
    /// # Errors
    /// When there are none.
    pub async fn backend(&self) -> Result<Arc<dyn Backend>> {
        Ok(Arc::new(Gcp::through(&Connection::new(&self.project, &self.region)).await?))
    }

    /// Where the journal is.
    ///
    /// # Errors
    /// When the folder's name isn't UTF-8.
    pub fn state(&self) -> Result<StateUrl> {
        Ok(self.folder.to_str().context("the folder's name is UTF-8")?.parse()?)
    }

    /// A small, cheap cluster with so many secondaries.
    ///
    /// # Errors
    /// When the certificate's path is none.
    pub fn spec(&self, secondaries: u32) -> Result<Spec> {
        let text = SPEC.replace("NAME", &self.name).replace("PROJECT", &self.project).replace("REGION", &self.region);
        let text = text.replace("CERTIFICATE", &self.certificate).replace("COUNT", &secondaries.to_string());
        Ok(Spec::parse(&text, &[&GcpProvider])?)
    }
}
