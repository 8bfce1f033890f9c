//! Where clusters are.

use castra_core::spec::ProviderSection;
use castra_core::{Error, ErrorKind, Result};

/// Where clusters are: a provider, one of its regions, and the project that they belong to where the provider has
/// projects. Which account it is on others, credentials tell.
///
/// ```
/// use castra::Place;
///
/// let aws = Place::new("aws", "eu-central-1");
/// let gcp = Place::new("gcp", "europe-west1").project("my-project");
/// assert_eq!((aws.project, gcp.project.as_deref()), (None, Some("my-project")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The provider's name in specs, such as `aws`.
    pub provider: String,
    /// The region.
    pub region: String,
    /// The project's id, on Google Cloud. None there is what the environment variable `GOOGLE_CLOUD_PROJECT` says.
    pub project: Option<String>,
}

impl Place {
    /// A region of a provider.
    pub fn new(provider: impl Into<String>, region: impl Into<String>) -> Self {
        Self { provider: provider.into(), region: region.into(), project: None }
    }

    /// In a project.
    #[must_use]
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// The place that a spec's provider section names.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidSpec`] when it names no region, which [`parse`](crate::parse) doesn't let through.
    pub fn of(section: &ProviderSection) -> Result<Self> {
        let text = |key: &str| section.settings.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        let region = text("region").ok_or_else(|| {
            Error::new(ErrorKind::InvalidSpec, "provider.region is missing").remedy("name the region to work in")
        })?;
        Ok(Self { provider: section.name.clone(), region, project: text("project") })
    }
}
