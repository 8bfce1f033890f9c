//! The backends that are compiled in.

use std::sync::Arc;

use castra_core::spec::{ProviderParser, Spec};
use castra_core::{Backend, Error, ErrorKind, Result};
use serde_json::Value;

use crate::Place;

/// What each compiled-in backend adds to reading a spec.
pub fn providers() -> Vec<&'static dyn ProviderParser> {
    vec![
        #[cfg(feature = "aws")]
        &castra_aws::AwsProvider,
        #[cfg(feature = "gcp")]
        &castra_gcp::GcpProvider,
    ]
}

/// Reads a spec with every compiled-in backend. Calls nothing.
///
/// # Errors
/// [`ErrorKind::InvalidSpec`], whose source is the [`Problems`](castra_core::spec::Problems): all that is wrong.
///
/// ```
/// let error = castra::parse("name = 'Demo'").unwrap_err();
/// assert_eq!(error.kind(), castra::ErrorKind::InvalidSpec);
/// assert!(error.message().contains("network"));
/// ```
pub fn parse(text: &str) -> Result<Spec> {
    Spec::parse(text, &providers())
        .map_err(|problems| Error::new(ErrorKind::InvalidSpec, problems.to_string()).source(problems))
}

/// The JSON Schema of a spec file, with the section of every compiled-in backend, for editors.
pub fn schema() -> Value {
    castra_core::spec::schema(&providers())
}

/// Connects to where clusters are, with the credentials that the cloud's own SDK finds. Calls nothing but what those
/// credentials need.
///
/// # Errors
/// [`ErrorKind::Unsupported`] when no such backend is compiled in; the remedy names the feature that adds it. Where the
/// backend needs credentials or a project from the start, that it has none.
pub async fn connect(place: &Place) -> Result<Arc<dyn Backend>> {
    match place.provider.as_str() {
        #[cfg(feature = "aws")]
        "aws" => Ok(Arc::new(castra_aws::Aws::connect(&place.region).await)),
        #[cfg(feature = "gcp")]
        "gcp" => Ok(Arc::new(castra_gcp::Gcp::connect(&project(place)?, &place.region).await?)),
        _ => Err(unsupported(place)),
    }
}

/// The project of a place on Google Cloud.
#[cfg(feature = "gcp")]
fn project(place: &Place) -> Result<String> {
    // As Google's own clients take it.
    const VARIABLE: &str = "GOOGLE_CLOUD_PROJECT";
    let usual = || std::env::var(VARIABLE).ok().filter(|project| !project.is_empty());
    place.project.clone().or_else(usual).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, "no project of Google Cloud is named")
            .remedy(format!("name one, or set {VARIABLE}"))
    })
}

/// The backends that there are, each a feature of the same name.
const BACKENDS: [&str; 2] = ["aws", "gcp"];

fn unsupported(place: &Place) -> Error {
    let Place { provider, region, .. } = place;
    let known: Vec<&str> = providers().iter().map(|parser| parser.name()).collect();
    let error = Error::new(ErrorKind::Unsupported, format!("no backend here builds on \"{provider}\" (in {region})"));
    if BACKENDS.contains(&provider.as_str()) {
        error.remedy(format!("compile castra with its feature `{provider}`"))
    } else if known.is_empty() {
        error.remedy("compile castra with a backend's feature, such as `aws`")
    } else {
        error.remedy(format!("choose one of: {}", known.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_unknown_backend_is_refused_with_those_that_are_there() {
        let error = unsupported(&Place::new("metal", "here"));
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("metal"));
        for parser in providers() {
            assert!(error.remedy_text().unwrap().contains(parser.name()));
        }
        for backend in BACKENDS {
            let error = unsupported(&Place::new(backend, "here"));
            assert!(error.remedy_text().unwrap().contains(&format!("feature `{backend}`")));
        }
    }

    #[test]
    fn the_schema_has_every_section() {
        let schema = schema();
        for section in ["name", "provider", "network", "primaries", "secondaries", "load_balancer"] {
            assert!(schema["properties"].get(section).is_some(), "{section}");
        }
    }
}
