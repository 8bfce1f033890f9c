//! What a handler is given.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::account::{Account, Region, What};
use super::caller::Caller;
use super::ec2;

/// One call of an operation, its input already held against the contract.
pub(crate) struct Call<'a> {
    pub(crate) account: &'a mut Account,
    /// The region's name.
    pub(crate) region: &'a str,
    pub(crate) caller: &'a Caller,
    /// In the contract's member names.
    pub(crate) input: &'a Value,
}

impl<'a> Call<'a> {
    /// A call; what the account holds in its region comes to be, if nobody has been there before.
    pub(crate) fn new(account: &'a mut Account, region: &'a str, caller: &'a Caller, input: &'a Value) -> Self {
        account.region(region);
        Self { account, region, caller, input }
    }

    /// The account's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.account.now
    }

    /// What the account holds in the call's region.
    pub(crate) fn here(&mut self) -> &mut Region {
        self.account.region(self.region)
    }

    /// As [`Call::here`], to look at.
    pub(crate) fn look(&self) -> &Region {
        self.account.regions.get(self.region).unwrap_or_else(|| unreachable!("made with the call"))
    }

    /// EC2 in the call's region.
    pub(crate) fn ec2(&mut self) -> &mut ec2::State {
        &mut self.here().ec2
    }

    /// A string member of the input.
    pub(crate) fn text(&self, member: &str) -> Option<&'a str> {
        self.input.get(member)?.as_str()
    }

    /// A string member that the contract requires; empty if it is missing, which validation has ruled out.
    pub(crate) fn required(&self, member: &str) -> &'a str {
        self.text(member).unwrap_or_default()
    }

    /// A whole number member of the input.
    pub(crate) fn number(&self, member: &str) -> Option<i64> {
        self.input.get(member)?.as_i64()
    }

    /// A boolean member of the input; false if it is missing.
    pub(crate) fn flag(&self, member: &str) -> bool {
        self.input.get(member).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A list member of the input; empty if it is missing.
    pub(crate) fn list(&self, member: &str) -> &'a [Value] {
        self.input.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A list of strings; empty if it is missing.
    pub(crate) fn texts(&self, member: &str) -> Vec<&'a str> {
        self.list(member).iter().filter_map(Value::as_str).collect()
    }

    /// Lets `what` happen in the call's region after that long.
    pub(crate) fn schedule(&mut self, after: impl Into<Duration>, what: What) {
        self.account.schedule(self.region, after, what);
    }

    /// An ARN in the call's account and region.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{rest}", self.region, self.account.id)
    }
}

/// A handler: one operation's meaning. It checks everything before it changes anything, so that a refused call leaves
/// no trace.
pub(crate) type Handler = fn(&mut Call<'_>) -> super::error::Answer;

/// The operations that a file serves, by the contract's names.
pub(crate) type Operations = &'static [(&'static str, Handler)];

/// A moment as the contract's timestamps carry it: seconds since the epoch, with milliseconds.
pub(crate) fn epoch(moment: Timestamp) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of our age fit a double")]
    let seconds = moment.as_millisecond() as f64 / 1000.0;
    seconds.into()
}
