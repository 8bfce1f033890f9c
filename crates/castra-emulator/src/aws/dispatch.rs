//! From a request to the handler that answers it.

use std::ops::Deref;

use super::account::Account;
use super::call::Call;
use super::caller::Caller;
use super::contract::Protocol;
use super::error::ApiError;
use super::recognise::Recognised;
use super::{iam, sts, validate, wire};
use crate::cloud::Cloud;
use crate::faults::Done;
use crate::log::Outcome;
use crate::registry::Registry;

/// AWS: all its accounts.
#[derive(Debug)]
pub(crate) struct Aws {
    pub(crate) accounts: Registry<Account>,
}

/// A request whose service, operation and caller are known.
pub(crate) struct Asked {
    recognised: Recognised,
    caller: Caller,
}

impl Cloud for Aws {
    type Recognised = Recognised;
    type Asked = Asked;

    fn identify(&self, mut recognised: Recognised) -> Result<Asked, Box<Done>> {
        let signature = &recognised.signature;
        let service = recognised.service.name;
        if let Err(most) = self.accounts.room_for(&recognised.subject.account) {
            let message = format!("This emulator holds {most} accounts and takes no more.");
            return Err(Box::new(recognised.refuse(ApiError::new("TooManyAccounts", message).status(503))));
        }
        match self.accounts.with(&recognised.subject.account, |account| iam::caller(account, service, signature)) {
            Ok(caller) => {
                recognised.subject.caller.clone_from(&caller.arn);
                Ok(Asked { recognised, caller })
            }
            Err(error) => Err(Box::new(recognised.refuse(error))),
        }
    }

    fn perform(&self, asked: &Asked) -> Done {
        let Asked { recognised, caller } = asked;
        let Recognised { subject, service, protocol, operation, input, .. } = recognised;
        let (contract, request_id) = (&**service.contract, subject.request_id.as_str());
        if let Err(error) = validate::input(contract, *protocol, operation, input) {
            return asked.refuse(error);
        }
        let allow = |account: &mut Account| {
            let mut call = Call::new(account, &subject.region, caller, input);
            iam::authorize(&mut call, service.name, &operation.name)?;
            if *protocol == Protocol::Ec2 && call.flag("DryRun") {
                // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
                let message = "Request would have succeeded, but DryRun flag is set.";
                return Err(ApiError::new("DryRunOperation", message).status(412));
            }
            Ok(())
        };
        let handle = |account: &mut Account| {
            let Some(handler) = service.handler(&operation.name) else {
                let message = format!("{} is in the contract and has no handler.", operation.name);
                return Err(ApiError::new("NotImplemented", message).status(501));
            };
            let output = handler(&mut Call::new(account, &subject.region, caller, input))?;
            if operation.changes() {
                account.settle();
            }
            Ok(output)
        };
        let answer = match sts::elsewhere(service.name, &operation.name, input, &subject.account) {
            // What another account decides, once the caller's own has allowed it.
            Some(other) => self.accounts.with(&subject.account, allow).and_then(|()| self.accounts.with(other, handle)),
            None => self.accounts.with(&subject.account, |account| allow(account).and_then(|()| handle(account))),
        };
        match answer {
            Ok(output) => {
                let broken = validate::output(contract, operation, &output);
                if !broken.is_empty() {
                    return asked.refuse(violation(&operation.name, &broken.join("; ")));
                }
                match wire::answer(contract, *protocol, operation, &output, request_id) {
                    Ok(response) => {
                        let outcome = Outcome::Done { status: response.status.as_u16() };
                        Done { response, outcome }
                    }
                    Err(broken) => asked.refuse(violation(&operation.name, &broken.to_string())),
                }
            }
            Err(error) => asked.refuse(error),
        }
    }
}

impl Deref for Asked {
    type Target = Recognised;

    fn deref(&self) -> &Recognised {
        &self.recognised
    }
}

/// A handler's answer isn't what AWS's contract says: a defect of the emulator, which its tests must not miss.
fn violation(operation: &str, broken: &str) -> ApiError {
    ApiError::new("ContractViolation", format!("The answer to {operation} breaks the contract: {broken}")).status(500)
}
