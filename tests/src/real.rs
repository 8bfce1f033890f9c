//! A real account or project, which nothing here uses unless the environment says so.

mod aws;
mod google;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use castra_aws::Aws;
use castra_core::Backend;
use castra_core::spec::Spec;
use castra_engine::store::StateUrl;
use castra_gcp::{Connection, Gcp};

use crate::kill::Place;

/// What the variable of a cloud must say.
const YES: &str = "yes-create-billable-resources";
/// The certificate that the cluster is to show, whose full name says where it is.
const CERTIFICATE: &str = "CASTRA_REAL_CERTIFICATE";

/// The place of one cluster where the environment's credentials lead to. What it costs is small and real.
#[derive(Debug)]
pub struct Real {
    /// The cluster's name, which no other test's has.
    pub name: String,
    /// The region.
    pub region: String,
    /// The folder of its journal. It stays, for whoever has to look at a run that failed.
    pub folder: PathBuf,
    place: Place,
    /// Of Google Cloud; empty on AWS, where credentials say whose account it is.
    project: String,
    certificate: String,
}

impl Real {
    /// Whether the environment says that a real account or project may be used.
    pub fn is_wanted(place: Place) -> bool {
        std::env::var(flag(place)).as_deref() == Ok(YES)
    }

    /// A place for a cluster.
    ///
    /// # Errors
    /// When the environment doesn't say that it may cost money, or names no certificate of a region.
    pub fn open(place: Place) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let flag = flag(place);
        ensure!(Self::is_wanted(place), "this costs money: set {flag}={YES} to say that you want that");
        let certificate = std::env::var(CERTIFICATE).with_context(|| format!("{CERTIFICATE} names no certificate"))?;
        let found = match place {
            Place::Aws => aws::region(&certificate).map(|region| ("", region)),
            Place::Gcp => google::place(&certificate),
        };
        let (project, region) = found.with_context(|| format!("{CERTIFICATE} doesn't say in which region it is"))?;
        let (project, region) = (project.to_owned(), region.to_owned());
        let name = format!("smoke-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::Builder::new().prefix("castra-smoke-").tempdir()?.keep();
        Ok(Self { name, region, folder, place, project, certificate })
    }

    /// The backend of a fresh process, by the environment's credentials.
    ///
    /// # Errors
    /// When there are none.
    pub async fn backend(&self) -> Result<Arc<dyn Backend>> {
        Ok(match self.place {
            Place::Aws => Arc::new(Aws::connect(&self.region).await),
            Place::Gcp => Arc::new(Gcp::through(&Connection::new(&self.project, &self.region)).await?),
        })
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
    /// When the certificate's name is none.
    pub fn spec(&self, secondaries: u32) -> Result<Spec> {
        let text = match self.place {
            Place::Aws => aws::SPEC,
            Place::Gcp => google::SPEC,
        };
        let text = text.replace("NAME", &self.name).replace("PROJECT", &self.project).replace("REGION", &self.region);
        let text = text.replace("CERTIFICATE", &self.certificate).replace("COUNT", &secondaries.to_string());
        Ok(Spec::parse(&text, &[self.place.provider()])?)
    }
}

/// The variable that says that a cloud may be used.
fn flag(place: Place) -> &'static str {
    match place {
        Place::Aws => aws::FLAG,
        Place::Gcp => google::FLAG,
    }
}
