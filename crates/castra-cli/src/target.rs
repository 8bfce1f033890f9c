//! Which cluster a command is about.

use std::path::Path;

use castra::{ClusterName, Engine, Place, Setup, Spec};

use crate::arguments::ByName;
use crate::failure::Failure;
use crate::spec_file::SpecFile;

/// A cluster: by its spec, or by its name where there is none.
#[derive(Debug)]
pub(crate) struct Target {
    /// Its name.
    pub(crate) name: ClusterName,
    /// Its spec.
    pub(crate) spec: Option<Spec>,
    place: Place,
}

impl Target {
    /// The cluster that the command line names.
    ///
    /// # Errors
    /// When it names none and the spec isn't there or isn't valid.
    pub(crate) fn choose(by_name: &ByName, file: &Path) -> Result<Self, Failure> {
        // The command line's definition lets only all three or none of them through.
        if let ByName { name: Some(name), provider: Some(provider), region: Some(region), project } = by_name.clone() {
            let mut place = Place::new(provider, region);
            place.project = project;
            return Ok(Self { name, spec: None, place });
        }
        Self::of(SpecFile::read(file)?.spec)
    }

    /// The cluster of a spec.
    ///
    /// # Errors
    /// When the spec names no region.
    pub(crate) fn of(spec: Spec) -> Result<Self, Failure> {
        Ok(Self { name: spec.name.clone(), place: Place::of(&spec.provider)?, spec: Some(spec) })
    }

    /// Connects to where the cluster is.
    ///
    /// # Errors
    /// As [`Setup::engine`].
    pub(crate) async fn engine(&self, setup: &Setup) -> Result<Engine, Failure> {
        Ok(setup.engine(&self.place).await?)
    }
}
