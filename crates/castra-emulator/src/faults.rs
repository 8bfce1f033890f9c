//! Faults: what goes wrong with a call, chosen by a test.

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, InFlight};
use crate::http::Response;
use crate::log::Subject;
use crate::server::Delivery;

/// The faults that are in force, and the calls that are held.
#[derive(Debug)]
pub(crate) struct Faults {
    clock: Clock,
    seed: u64,
}

/// A refusal that a fault makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status; none = what the service says for the code.
    pub status: Option<u16>,
    /// The error's code.
    pub code: String,
    /// The error's message.
    pub message: String,
}

/// What becomes of a request before it is looked at.
#[derive(Debug)]
pub(crate) enum Before {
    Proceed,
    Refuse(Refusal),
    Drop(Delivery),
}

impl Faults {
    pub(crate) fn new(clock: Clock, seed: u64) -> Self {
        Self { clock, seed }
    }

    /// Waits out latency (during which the clock may jump) and holds (during which it may not), then decides.
    pub(crate) async fn before(&self, _subject: &Subject, _flight: &InFlight) -> Before {
        let _ = &self.clock;
        Before::Proceed
    }

    /// What becomes of the answer to a request that has been worked on; waits while it is held.
    pub(crate) async fn after(&self, _subject: &Subject, response: Response, _flight: &InFlight) -> Delivery {
        Delivery::Send(response)
    }
}
