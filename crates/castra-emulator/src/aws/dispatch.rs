//! From a request to the handler that answers it.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Timestamp;

use super::account::Account;
use super::call::Call;
use super::caller::Caller;
use super::contract::Protocol;
use super::error::ApiError;
use super::recognise::Recognised;
use super::{Settings, iam, sts, validate, wire};
use crate::clock::Clock;
use crate::faults::Done;
use crate::log::Outcome;

/// AWS: all its accounts.
#[derive(Debug)]
pub(crate) struct Aws {
    clock: Clock,
    seed: u64,
    max_accounts: usize,
    /// What new accounts start with.
    settings: Mutex<Settings>,
    accounts: RwLock<HashMap<String, Arc<Mutex<Account>>>>,
}

/// A request whose service, operation and caller are known.
pub(crate) struct Asked {
    recognised: Recognised,
    caller: Caller,
}

impl Aws {
    pub(crate) fn new(clock: Clock, seed: u64, max_accounts: usize, settings: Settings) -> Self {
        Self { clock, seed, max_accounts, settings: Mutex::new(settings), accounts: RwLock::default() }
    }

    /// The account of that number, which comes to be by being asked for.
    pub(crate) fn account(&self, id: &str) -> Arc<Mutex<Account>> {
        let known = self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        known.unwrap_or_else(|| {
            let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
            let settings = lock(&self.settings).clone();
            let account = || Arc::new(Mutex::new(Account::new(id, settings, self.seed, self.clock.now())));
            Arc::clone(accounts.entry(id.to_owned()).or_insert_with(account))
        })
    }

    /// Whether the account is known, or may come to be.
    fn has_room(&self, id: &str) -> bool {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.contains_key(id) || accounts.len() < self.max_accounts
    }

    /// Numbers of the accounts that have been asked for.
    pub(crate) fn accounts(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.accounts.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// Forgets an account and all that it held.
    pub(crate) fn forget(&self, id: &str) {
        self.accounts.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Looks into an account, or changes it, with everything done that is due by now.
    pub(crate) fn with<R>(&self, id: &str, look: impl FnOnce(&mut Account) -> R) -> R {
        let account = self.account(id);
        let mut account = lock(&account);
        account.advance(self.clock.now());
        look(&mut account)
    }

    /// When the next thing is due in any account.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let accounts: Vec<_> = self.accounts.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        accounts.iter().filter_map(|account| lock(account).due()).min()
    }

    /// Who asks for what is recognised; or the refusal of credentials that aren't good.
    pub(crate) fn identify(&self, mut recognised: Recognised) -> Result<Asked, Box<Done>> {
        let signature = &recognised.signature;
        let service = recognised.service.name;
        if !self.has_room(&recognised.subject.account) {
            let message = format!("This emulator holds {} accounts and takes no more.", self.max_accounts);
            return Err(Box::new(recognised.refuse(ApiError::new("TooManyAccounts", message).status(503))));
        }
        match self.with(&recognised.subject.account, |account| iam::caller(account, service, signature)) {
            Ok(caller) => {
                recognised.subject.caller.clone_from(&caller.arn);
                Ok(Asked { recognised, caller })
            }
            Err(error) => Err(Box::new(recognised.refuse(error))),
        }
    }

    /// Does what the request asks for.
    pub(crate) fn perform(&self, asked: &Asked) -> Done {
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
            Some(other) => self.with(&subject.account, allow).and_then(|()| self.with(other, handle)),
            None => self.with(&subject.account, |account| allow(account).and_then(|()| handle(account))),
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
