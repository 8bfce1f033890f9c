//! The log, on standard error, for those who ask for it.

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Starts the log as `CASTRA_LOG` says, or `RUST_LOG`; without either there is none.
///
/// # Errors
/// When that isn't a filter.
pub(crate) fn start() -> Result<(), Failure> {
    let named = ["CASTRA_LOG", "RUST_LOG"].iter().find_map(|name| Some((name, std::env::var(name).ok()?)));
    let Some((name, text)) = named else { return Ok(()) };
    let filter = EnvFilter::try_new(&text)
        .map_err(|error| Failure::usage(format!("{name} isn't a log filter: {error}; write castra_engine=debug")))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
}
