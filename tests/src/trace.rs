//! What a piece of work did, call by call.

use std::collections::BTreeMap;

use castra_core::{Access, Event};
use castra_engine::engine::Session;
use castra_engine::events::{EventStream, Events};
use futures::{FutureExt as _, StreamExt as _};
use tokio::task::unconstrained;

/// The events of a piece of work, in order.
#[derive(Debug)]
pub struct Trace {
    /// All of them.
    pub events: Vec<Event>,
}

/// Does a piece of work and notes its events.
pub async fn record<T>(work: impl AsyncFnOnce(&Session) -> T) -> (T, Trace) {
    let (events, stream) = Events::channel();
    let session = Session::default().events(events);
    let done = work(&session).await;
    (done, Trace::drain(stream))
}

impl Trace {
    /// What has been sent so far, without waiting for more.
    pub fn drain(mut stream: EventStream) -> Self {
        let mut events = Vec::new();
        // Unconstrained: tokio says "later" after a number of messages so that other tasks get their turn.
        while let Some(Some(event)) = unconstrained(stream.next()).now_or_never() {
            events.push(event);
        }
        Self { events }
    }

    /// How many attempts at calls there were.
    pub fn calls(&self) -> usize {
        self.events.iter().filter(|event| matches!(event, Event::Called { .. })).count()
    }

    /// How often each operation was called, as `service:Operation`.
    pub fn operations(&self) -> BTreeMap<String, usize> {
        self.count(|_| true)
    }

    /// How often each operation that can change something was called.
    pub fn changes(&self) -> BTreeMap<String, usize> {
        self.count(|access| access == Access::Mutate)
    }

    /// The attempts at calls of one sort that failed, and how.
    pub fn failures(&self, sort: Access) -> Vec<String> {
        let failed = |event: &Event| match event {
            Event::Called { service, operation, access, error: Some(kind), .. } if *access == sort => {
                Some(format!("{service}:{operation} {kind:?}"))
            }
            _ => None,
        };
        self.events.iter().filter_map(failed).collect()
    }

    fn count(&self, wanted: impl Fn(Access) -> bool) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for event in &self.events {
            if let Event::Called { service, operation, access, .. } = event
                && wanted(*access)
            {
                *counts.entry(format!("{service}:{operation}")).or_default() += 1;
            }
        }
        counts
    }
}
