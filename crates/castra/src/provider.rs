//! The backends that are compiled in.

use std::sync::Arc;

use castra_core::spec::{ProviderParser, ProviderSection, Spec};
use castra_core::{Backend, Error, ErrorKind, Result};
use serde_json::Value;

/// What each compiled-in backend adds to reading a spec.
pub fn providers() -> Vec<&'static dyn ProviderParser> {
    vec![
        #[cfg(feature = "aws")]
        &castra_aws::AwsProvider,
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

/// The region that a provider section names.
///
/// # Errors
/// [`ErrorKind::InvalidSpec`] when it names none, which [`parse`] doesn't let through.
pub fn region(section: &ProviderSection) -> Result<&str> {
    section.settings.get("region").and_then(|region| region.as_str()).ok_or_else(|| {
        Error::new(ErrorKind::InvalidSpec, "provider.region is missing").remedy("name the region to work in")
    })
}

/// Connects to a cloud by its name in specs, with the credentials that its own SDK finds. Calls nothing but what
/// those credentials need.
///
/// # Errors
/// [`ErrorKind::Unsupported`] when no such backend is compiled in; the remedy names the feature that adds it.
pub async fn connect(provider: &str, region: &str) -> Result<Arc<dyn Backend>> {
    match provider {
        #[cfg(feature = "aws")]
        "aws" => Ok(Arc::new(castra_aws::Aws::connect(region).await)),
        _ => Err(unsupported(provider, region)),
    }
}

fn unsupported(provider: &str, region: &str) -> Error {
    let known: Vec<&str> = providers().iter().map(|parser| parser.name()).collect();
    let error = Error::new(ErrorKind::Unsupported, format!("no backend here builds on \"{provider}\" (in {region})"));
    if provider == "aws" {
        error.remedy("compile castra with its feature `aws`")
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
        let error = unsupported("metal", "here");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("metal"));
        for parser in providers() {
            assert!(error.remedy_text().unwrap().contains(parser.name()));
        }
        assert!(unsupported("aws", "here").remedy_text().unwrap().contains("feature `aws`"));
    }

    #[test]
    fn the_schema_has_every_section() {
        let schema = schema();
        for section in ["name", "provider", "network", "primaries", "secondaries", "load_balancer"] {
            assert!(schema["properties"].get(section).is_some(), "{section}");
        }
    }
}
