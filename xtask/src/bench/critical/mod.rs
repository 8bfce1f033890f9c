//! The calls that must follow one another, written by hand from what a cloud asks for and not from Castra's own graph: a
//! dependency that Castra invents makes the ratio worse instead of hiding in it.

mod aws;
mod gcp;

use std::time::Duration;

use super::measure::by_operation;
use crate::cloud::Cloud;
use crate::emulator::Call;

/// Calls of which each needs what the one before gave.
pub(super) struct Chain {
    calls: &'static [&'static str],
    /// The seconds between them in which nothing can be done but wait, however quick the cloud is.
    pauses: u32,
}

impl Chain {
    const fn of(calls: &'static [&'static str]) -> Self {
        Self { calls, pauses: 0 }
    }

    const fn pausing(self, pauses: u32) -> Self {
        Self { calls: self.calls, pauses }
    }
}

/// What each phase can't do without.
pub(super) struct Chains {
    /// A plan with nothing to do.
    pub(super) plan: &'static [Chain],
    /// Making a cluster.
    pub(super) create: &'static [Chain],
    /// Another size for the pool.
    pub(super) scale: &'static [Chain],
    /// Removing a cluster.
    pub(super) destroy: &'static [Chain],
}

/// Those of a cloud.
pub(super) fn of(cloud: Cloud) -> &'static Chains {
    match cloud {
        Cloud::Aws => &aws::CHAINS,
        Cloud::Gcp => &gcp::CHAINS,
    }
}

/// The longest chain at the run's own mean call times; an operation that wasn't called counts as the mean of all, so
/// that leaving a call out doesn't shorten the path. Nothing if nothing was called.
pub(super) fn path(chains: &[Chain], calls: &[Call]) -> Option<Duration> {
    let all: Duration = calls.iter().map(|call| call.end - call.start).sum();
    let mean = all.checked_div(u32::try_from(calls.len()).ok()?)?;
    let means = by_operation(calls);
    let cost =
        |name: &&str| means.iter().find(|((_, operation), _)| operation == name).map_or(mean, |(_, (_, took))| *took);
    let length =
        |chain: &Chain| chain.calls.iter().map(cost).sum::<Duration>() + Duration::from_secs(chain.pauses.into());
    chains.iter().map(length).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_chain_counts() {
        let call = |operation: &str, took| Call {
            service: "ec2".into(),
            operation: operation.into(),
            changing: true,
            status: 200,
            start: Duration::ZERO,
            end: Duration::from_millis(took),
        };
        let calls = [call("CreateVpc", 50), call("CreateSubnet", 70), call("RunInstances", 300)];
        let path = |chains: &[Chain]| path(chains, &calls).map(|path| path.as_millis());
        let short = || Chain::of(&["CreateVpc", "CreateSubnet"]);
        assert_eq!(path(&[short(), Chain::of(&["RunInstances"])]), Some(300));
        assert_eq!(path(&[short().pausing(2), Chain::of(&["RunInstances"])]), Some(2120));
        assert_eq!(path(&[Chain::of(&["CreateVpc", "NeverCalled"])]), Some(50 + 140));
    }
}
