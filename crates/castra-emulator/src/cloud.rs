//! What an emulated cloud is to the requests that reach it.

use std::future::{Future, Ready};
use std::ops::Deref;

use serde_json::Value;

use crate::faults::{Done, Mishap};
use crate::http::Request;
use crate::log::Subject;

/// A cloud: it knows who asks for what, and does it.
pub(crate) trait Cloud: Sync {
    /// A request for something that is served.
    type Recognised: Recognised;
    /// A request whose caller, and account or project, are known as well.
    type Asked: Deref<Target = Self::Recognised> + Send + Sync;

    /// Who asks for what is recognised; or the refusal of whoever can't be let in.
    fn identify(&self, recognised: Self::Recognised) -> Result<Self::Asked, Box<Done>>;

    /// What a request waits for before it is performed, during which the clock may jump; none unless the cloud has
    /// requests that wait.
    fn awaits(&self, _asked: &Self::Asked) -> Option<impl Future<Output = ()> + Send> {
        None::<Ready<()>>
    }

    /// Does what the request asks for.
    fn perform(&self, asked: &Self::Asked) -> Done;
}

/// A request for something that a cloud serves: as much of it as can be told without knowing what the cloud holds.
pub(crate) trait Recognised: Sized {
    /// What a request asks for; or the refusal of one for nothing that is served, or against the contract.
    fn recognise(request: &Request, request_id: &str) -> Result<Self, Box<(Subject, Done)>>;

    /// Who asks for what.
    fn subject(&self) -> &Subject;

    /// What it is asked with, without secrets, for the log to take: once.
    fn logged(&mut self) -> Value;

    /// What a fault refuses, as the request's service writes it.
    fn mishap(&self, mishap: Mishap) -> Done;

    /// What the cloud answers where a handler has panicked: as it answers for its own defects.
    fn defect(&self) -> Done;
}
