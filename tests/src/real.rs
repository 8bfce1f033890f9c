//! A real account, which nothing here uses unless the environment says so.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use castra_aws::{Aws, AwsProvider};
use castra_core::Backend;
use castra_core::spec::Spec;
use castra_engine::store::StateUrl;

/// What must be said for it to be used.
const FLAG: &str = "CASTRA_REAL_AWS";
const YES: &str = "yes-create-billable-resources";
/// The certificate that the cluster is to show, whose full name says where it is.
pub(crate) const CERTIFICATE: &str = "CASTRA_REAL_CERTIFICATE";

const SPEC: &str = r#"name = "NAME"

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

/// What a real place on any cloud is made from.
pub(crate) struct Spot {
    /// A cluster's name, which no other test's has.
    pub(crate) name: String,
    /// The folder of its journal.
    pub(crate) folder: PathBuf,
    /// The certificate that the environment names.
    pub(crate) certificate: String,
}

impl Spot {
    /// Whether the environment says by this variable that a real place may be used.
    pub(crate) fn is_wanted(flag: &str) -> bool {
        std::env::var(flag).as_deref() == Ok(YES)
    }

    /// One more.
    ///
    /// # Errors
    /// When the environment doesn't say that it may cost money, or names no certificate.
    pub(crate) fn open(flag: &str) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        ensure!(Self::is_wanted(flag), "this costs money: set {flag}={YES} to say that you want that");
        let certificate = std::env::var(CERTIFICATE).with_context(|| format!("{CERTIFICATE} names no certificate"))?;
        let name = format!("smoke-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::Builder::new().prefix("castra-smoke-").tempdir()?.keep();
        Ok(Self { name, folder, certificate })
    }
}

/// The place of one cluster on the account that the environment's credentials lead to. What it costs is small and real.
#[derive(Debug)]
pub struct Real {
    /// The cluster's name, which no other test's has.
    pub name: String,
    /// The region.
    pub region: String,
    /// The folder of its journal. It stays, for whoever has to look at a run that failed.
    pub folder: PathBuf,
    certificate: String,
}

impl Real {
    /// Whether the environment says that a real account may be used.
    pub fn is_wanted() -> bool {
        Spot::is_wanted(FLAG)
    }

    /// A place for a cluster.
    ///
    /// # Errors
    /// When the environment doesn't say that it may cost money, or names no certificate.
    pub fn open() -> Result<Self> {
        let Spot { name, folder, certificate } = Spot::open(FLAG)?;
        let region = certificate.split(':').nth(3).filter(|region| !region.is_empty());
        let region = region.with_context(|| format!("{CERTIFICATE}: the ARN names no region"))?.to_owned();
        Ok(Self { name, region, folder, certificate })
    }

    /// The backend of a fresh process, by the environment's credentials.
    pub async fn backend(&self) -> Arc<dyn Backend> {
        Arc::new(Aws::connect(&self.region).await)
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
    /// When the certificate's ARN is none.
    pub fn spec(&self, secondaries: u32) -> Result<Spec> {
        let text = SPEC.replace("NAME", &self.name).replace("REGION", &self.region);
        let text = text.replace("CERTIFICATE", &self.certificate).replace("COUNT", &secondaries.to_string());
        Ok(Spec::parse(&text, &[&AwsProvider])?)
    }
}
