//! What a log of calls says about a run.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::emulator::Call;

/// The length of the longest chain of calls of which each began after the one before had ended.
pub(super) fn rounds(calls: &[Call]) -> usize {
    let mut calls: Vec<&Call> = calls.iter().collect();
    calls.sort_by_key(|call| call.end);
    // Taking whichever ends first leaves the most room for the rest.
    let (mut length, mut free) = (0, Duration::ZERO);
    for call in calls {
        if call.start >= free {
            length += 1;
            free = call.end;
        }
    }
    length
}

/// The most calls that were under way at one time.
pub(super) fn concurrency(calls: &[Call]) -> usize {
    let mut edges: Vec<(Duration, bool)> =
        calls.iter().flat_map(|call| [(call.start, true), (call.end, false)]).collect();
    // At the same instant an end comes before a beginning: `false` sorts first.
    edges.sort_unstable();
    let (mut now, mut most) = (0_usize, 0);
    for (_, begins) in edges {
        now = if begins { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}

/// How often each operation was called, and how long it took on average.
pub(super) fn by_operation(calls: &[Call]) -> BTreeMap<(&str, &str), (u32, Duration)> {
    let mut sums: BTreeMap<(&str, &str), (u32, Duration)> = BTreeMap::new();
    for call in calls {
        let (count, total) = sums.entry((&call.service, &call.operation)).or_default();
        *count += 1;
        *total += call.end - call.start;
    }
    for (count, total) in sums.values_mut() {
        *total /= *count;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(spans: &[(u64, u64)]) -> Vec<Call> {
        let call = |&(start, end)| Call {
            service: "ec2".into(),
            operation: "DescribeVpcs".into(),
            changing: false,
            status: 200,
            start: Duration::from_millis(start),
            end: Duration::from_millis(end),
        };
        spans.iter().map(call).collect()
    }

    #[test]
    fn rounds_are_the_longest_chain() {
        assert_eq!(rounds(&calls(&[])), 0);
        assert_eq!(rounds(&calls(&[(0, 50), (0, 60), (10, 55)])), 1);
        assert_eq!(rounds(&calls(&[(0, 50), (50, 100), (100, 150)])), 3);
        // A long call beside three short ones doesn't hide them.
        assert_eq!(rounds(&calls(&[(0, 500), (0, 50), (60, 100), (110, 150)])), 3);
    }

    #[test]
    fn concurrency_is_the_most_at_one_time() {
        assert_eq!(concurrency(&calls(&[])), 0);
        assert_eq!(concurrency(&calls(&[(0, 50), (50, 100)])), 1);
        assert_eq!(concurrency(&calls(&[(0, 50), (10, 20), (15, 60), (30, 40)])), 3);
    }

    #[test]
    fn means_are_by_operation() {
        let log = calls(&[(0, 50), (0, 100)]);
        assert_eq!(by_operation(&log).values().next(), Some(&(2, Duration::from_millis(75))));
    }
}
