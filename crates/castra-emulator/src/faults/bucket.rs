//! Token buckets.

use jiff::Timestamp;

/// A bucket that fills up over time.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    tokens: f64,
    since: Timestamp,
}

impl Bucket {
    /// A full one.
    pub(super) fn full(capacity: f64, now: Timestamp) -> Self {
        Self { tokens: capacity, since: now }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, capacity: f64, refill: f64, now: Timestamp) -> bool {
        let passed = now.duration_since(self.since).as_secs_f64().max(0.0);
        self.tokens = (self.tokens + passed * refill).min(capacity);
        self.since = now;
        let there = self.tokens >= 1.0;
        if there {
            self.tokens -= 1.0;
        }
        there
    }
}

/// Capacity and refill of an EC2 operation's bucket
/// (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>).
pub(super) fn of_operation(operation: &str) -> (f64, f64) {
    match operation {
        "RunInstances" | "StartInstances" => (5.0, 2.0),
        _ if operation.starts_with("Describe") || operation.starts_with("Get") => (100.0, 20.0),
        _ => (50.0, 5.0),
    }
}
