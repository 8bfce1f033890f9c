//! Where a run's events go.

use std::pin::Pin;
use std::task::{Context, Poll};

use castra_core::Event;
use futures::Stream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A sink for events. Cheap to clone; every clone leads to the same stream.
///
/// Sending never waits, so a slow reader costs memory and not time. Without a reader events are dropped.
#[derive(Debug, Clone, Default)]
pub struct Events(Option<UnboundedSender<Event>>);

impl Events {
    /// A sink that drops everything.
    pub fn none() -> Self {
        Self(None)
    }

    /// A sink and the stream that comes out of it. The stream ends when the last clone of the sink is gone.
    ///
    /// ```
    /// use castra_core::Event;
    /// use castra_engine::events::Events;
    /// use futures::StreamExt;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let (events, stream) = Events::channel();
    /// events.emit(Event::Note { message: "a newer image is out".into() });
    /// drop(events);
    /// assert_eq!(stream.collect::<Vec<_>>().await.len(), 1);
    /// # });
    /// ```
    pub fn channel() -> (Self, EventStream) {
        let (sender, receiver) = unbounded_channel();
        (Self(Some(sender)), EventStream(receiver))
    }

    /// Sends an event to whoever reads.
    pub fn emit(&self, event: Event) {
        if let Some(sender) = &self.0 {
            // Nobody is obliged to go on reading.
            let _ = sender.send(event);
        }
    }
}

/// The events of one or more runs, in the order in which they were sent.
#[derive(Debug)]
pub struct EventStream(UnboundedReceiver<Event>);

impl Stream for EventStream {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;

    use super::*;

    fn note(message: &str) -> Event {
        Event::Note { message: message.into() }
    }

    #[tokio::test]
    async fn events_come_out_in_order_and_end_with_the_last_sink() {
        let (events, stream) = Events::channel();
        let other = events.clone();
        events.emit(note("a"));
        other.emit(note("b"));
        drop((events, other));
        let seen: Vec<String> = stream.map(|event| format!("{event:?}")).collect().await;
        assert_eq!(seen.len(), 2);
        assert!(seen[0].contains('a') && seen[1].contains('b'));
    }

    #[test]
    fn nobody_needs_to_listen() {
        Events::none().emit(note("a"));
        let (events, stream) = Events::channel();
        drop(stream);
        events.emit(note("b"));
    }
}
