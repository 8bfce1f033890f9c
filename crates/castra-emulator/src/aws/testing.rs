//! A bench for handlers: an account without server and wire, whose time stands still until it is stepped.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::account::Account;
use super::call::Call;
use super::caller::{Caller, Principal};
use super::contract::Protocol;
use super::error::{Answer, ApiError};
use super::{Settings, services, validate};
use crate::clock::later;
use crate::registry::Holding as _;

/// The region that [`Lab::new`] works in.
pub(crate) const REGION: &str = "eu-central-1";

/// An account and who calls.
#[derive(Debug, Clone)]
pub(crate) struct Lab {
    pub(crate) account: Account,
    pub(crate) caller: Caller,
    /// Where calls go; change it to work elsewhere.
    pub(crate) region: String,
}

impl Lab {
    /// One in which things take their time and can be read at once; its root user calls.
    pub(crate) fn new() -> Self {
        Self::with(Settings::calm())
    }

    /// One with these settings.
    pub(crate) fn with(settings: Settings) -> Self {
        let id = "111122223333";
        let start: Timestamp = "2026-01-05T08:00:00Z".parse().expect("a timestamp");
        Self {
            account: Account::new(id, settings, 7, start),
            caller: Caller {
                access_key: id.to_owned(),
                account: id.to_owned(),
                arn: format!("arn:aws:iam::{id}:root"),
                user_id: id.to_owned(),
                principal: Principal::Root,
            },
            region: REGION.to_owned(),
        }
    }

    /// Calls an operation as the dispatcher does. `service` is the name of signatures (`elasticloadbalancing`).
    ///
    /// # Panics
    ///
    /// If there is no such operation, or it is answered with what its contract doesn't allow.
    #[track_caller]
    pub(crate) fn call(&mut self, service: &str, operation: &str, input: Value) -> Answer {
        let service = services::named(service).unwrap_or_else(|| panic!("no service {service}"));
        let contract = &**service.contract;
        let operation =
            contract.operations.get(operation).unwrap_or_else(|| panic!("{} isn't served: {operation}", service.name));
        let protocol = *contract.metadata.protocols.first().expect("a protocol");
        validate::input(contract, protocol, operation, &input)?;
        let region = self.region.clone();
        let mut call = Call::new(&mut self.account, &region, &self.caller, &input);
        if protocol == Protocol::Ec2 && call.flag("DryRun") {
            return Err(ApiError::new("DryRunOperation", "Request would have succeeded, but DryRun flag is set."));
        }
        let handler = service.handler(&operation.name).unwrap_or_else(|| panic!("no handler for {}", operation.name));
        let output = handler(&mut call)?;
        if operation.changes() {
            self.account.settle();
        }
        let broken = validate::output(contract, operation, &output);
        assert!(broken.is_empty(), "{} answers against its contract: {broken:?}\n{output:#}", operation.name);
        Ok(output)
    }

    /// A call that must be answered.
    #[track_caller]
    pub(crate) fn ok(&mut self, service: &str, operation: &str, input: Value) -> Value {
        self.call(service, operation, input).unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    /// A call that must be refused with that code; its message.
    #[track_caller]
    pub(crate) fn refused(&mut self, service: &str, operation: &str, input: Value, code: &str) -> String {
        match self.call(service, operation, input) {
            Ok(output) => panic!("{operation} is answered instead of refused with {code}: {output:#}"),
            Err(error) => {
                assert_eq!(error.code, code, "{operation}: {}", error.message);
                error.message
            }
        }
    }

    /// The text at a JSON pointer (`/Vpc/VpcId`) of an answer.
    #[track_caller]
    pub(crate) fn text(answer: &Value, pointer: &str) -> String {
        let text = answer.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no text at {pointer}: {answer:#}")).to_owned()
    }

    /// Lets that many seconds pass, and what is due in them happen.
    pub(crate) fn step(&mut self, seconds: f64) {
        let to = later(self.account.now, Duration::from_secs_f64(seconds));
        self.account.advance(to);
    }
}

mod tests {
    use serde_json::json;

    use super::Lab;

    #[test]
    fn a_lab_calls_handlers() {
        let mut lab = Lab::new();
        let answer = lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" }));
        let vpc = Lab::text(&answer, "/Vpc/VpcId");
        lab.step(60.0);
        lab.ok("ec2", "DeleteVpc", json!({ "VpcId": vpc }));
        lab.refused("ec2", "DeleteVpc", json!({ "VpcId": vpc }), "InvalidVpcID.NotFound");
    }
}
