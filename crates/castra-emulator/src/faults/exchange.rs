//! A request's way through its faults to whoever works on it, and the answer's way back.

use std::time::Duration;

use super::{Effect, Faults, Mishap, Phase};
use crate::clock::InFlight;
use crate::http::Response;
use crate::log::{Outcome, Record};
use crate::server::Delivery;

/// What came of a request that was worked on.
pub(crate) struct Done {
    pub(crate) response: Response,
    pub(crate) outcome: Outcome,
}

/// What befalls a call's reply.
#[derive(Debug, Default)]
struct Fate {
    late: Duration,
    hold: Option<u64>,
    effect: Option<Effect>,
}

/// What becomes of a request before it is worked on.
enum Before {
    Proceed(Fate),
    Refuse(Mishap),
    Drop(Delivery),
}

impl Faults {
    /// What becomes of the request that the record is of: `work` works on it, unless a fault drops it or has `refuse`
    /// put a refusal in the cloud's words. Work that comes to nothing is a connection that broke. The record says at
    /// every moment what is certain by then.
    pub(crate) async fn exchange(
        &self,
        record: &mut Record<'_>,
        flight: &mut InFlight,
        work: impl Future<Output = Option<Done>>,
        refuse: impl FnOnce(Mishap) -> Done,
    ) -> Delivery {
        let (done, fate) = match self.before(record, flight).await {
            Before::Proceed(fate) => match work.await {
                Some(done) => (done, fate),
                None => return Delivery::Reset,
            },
            Before::Refuse(mishap) => (refuse(mishap), Fate::default()),
            Before::Drop(delivery) => return delivery,
        };
        record.outcome = Outcome::Lost { status: done.response.status.as_u16() };
        let delivery = self.after(fate, record, &done.outcome, done.response, flight).await;
        if matches!(delivery, Delivery::Send(_)) {
            record.outcome = done.outcome;
        }
        delivery
    }

    /// Waits out latency, during which the clock may jump, and holds, during which it may not; then decides.
    async fn before(&self, record: &Record<'_>, flight: &mut InFlight) -> Before {
        let mut fate = Fate::default();
        let mut decided = None;
        for (id, effect) in self.befalling(&record.subject, &record.parameters) {
            match effect {
                Effect::Latency(time) => {
                    let half = Duration::from(time) / 2;
                    fate.late += half;
                    flight.pause(|clock| async move { clock.sleep(half).await }).await;
                }
                Effect::Hold(Phase::Request) => self.hold(id, record, None).await,
                Effect::Hold(Phase::Reply) => fate.hold = fate.hold.or(Some(id)),
                effect => decided = decided.or(Some(effect)),
            }
        }
        match decided {
            Some(Effect::Throttle | Effect::TokenBucket { .. } | Effect::AccountLimits) => {
                Before::Refuse(Mishap::Throttled)
            }
            Some(Effect::InternalError) => Before::Refuse(Mishap::InternalError),
            Some(Effect::Unavailable) => Before::Refuse(Mishap::Unavailable),
            Some(Effect::AccessDenied) => Before::Refuse(Mishap::AccessDenied),
            Some(Effect::ExpiredCredentials) => Before::Refuse(Mishap::ExpiredCredentials),
            Some(Effect::Refuse(refusal)) => Before::Refuse(Mishap::Refused(refusal)),
            Some(Effect::ResetBefore) => Before::Drop(Delivery::Reset),
            Some(Effect::HangBefore) => Before::Drop(Delivery::Hang),
            effect => Before::Proceed(Fate { effect, ..fate }),
        }
    }

    /// What becomes of the answer; waits as [`Faults::before`] does.
    async fn after(
        &self,
        fate: Fate,
        record: &Record<'_>,
        outcome: &Outcome,
        response: Response,
        flight: &mut InFlight,
    ) -> Delivery {
        if let Some(id) = fate.hold {
            self.hold(id, record, Some(outcome)).await;
        }
        if !fate.late.is_zero() {
            flight.pause(|clock| async move { clock.sleep(fate.late).await }).await;
        }
        match fate.effect {
            Some(Effect::ResetAfter) => Delivery::Reset,
            Some(Effect::HangAfter) => Delivery::Hang,
            Some(Effect::Truncate(kept)) => Delivery::Truncate(response, kept),
            _ => Delivery::Send(response),
        }
    }
}
