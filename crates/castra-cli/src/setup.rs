//! How the command works on clusters.

use std::sync::Arc;

use castra::Setup;
use castra::engine::clock::SystemClock;

use crate::arguments::Global;
use crate::failure::Failure;

/// How many times faster time passes. For emulators, whose clouds are quick: every wait, deadline and lease runs by
/// it, so that two commands on one cluster must use the same, and against a real cloud none.
const CLOCK_SCALE: &str = "CASTRA_CLOCK_SCALE";

/// The setup that the command line and the environment ask for.
///
/// # Errors
/// When the clock's scale isn't a number above zero.
pub(crate) fn setup(global: &Global) -> Result<Setup, Failure> {
    let setup = match &global.state {
        Some(state) => Setup::new().state(state.clone()),
        None => Setup::new(),
    };
    match std::env::var(CLOCK_SCALE) {
        Ok(text) => Ok(setup.clock(Arc::new(SystemClock::scaled(scale(&text)?)))),
        Err(_) => Ok(setup),
    }
}

fn scale(text: &str) -> Result<f64, Failure> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(factor),
        _ => Err(Failure::usage(format!("{CLOCK_SCALE}={text} isn't a number above zero; unset it, or write 20"))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_scale_is_a_number_above_zero() {
        assert_eq!(scale("20").unwrap(), 20.0);
        assert_eq!(scale("0.5").unwrap(), 0.5);
        for text in ["", "0", "-1", "inf", "NaN", "fast"] {
            assert!(scale(text).is_err(), "{text}");
        }
    }
}
