//! Doing a piece of work in front of the operator.

use std::io::IsTerminal as _;
use std::pin::pin;
use std::time::Duration;

use castra::engine::clock::{Clock as _, SystemClock};
use castra::{Cancel, Error, ErrorKind, Event, Events, OnFailure, Result, Session};
use futures::{FutureExt as _, StreamExt as _};

use crate::{confirm, progress, signals};

/// How often what moves on the screen moves.
const TICK: Duration = Duration::from_millis(100);

/// The operator's side of a command.
#[derive(Debug)]
pub(crate) struct Console {
    /// Whether JSON is wanted.
    pub(crate) json: bool,
    /// Whether everything was agreed to beforehand.
    pub(crate) yes: bool,
    /// How work is asked to stop.
    pub(crate) cancel: Cancel,
    /// What becomes of what was done when a step fails.
    pub(crate) on_failure: OnFailure,
}

impl Console {
    /// Does a piece of work while its events are shown. `started` is called when a run begins: when its plan is made,
    /// nothing stands against it any more and nothing is changed yet.
    pub(crate) async fn work<T>(&self, mut started: impl FnMut(), work: impl AsyncFnOnce(&Session) -> T) -> T {
        let (events, mut stream) = Events::channel();
        let session = Session::default().events(events).cancel(self.cancel.clone()).on_failure(self.on_failure);
        let mut show = progress::choose(self.json);
        let mut see = |show: &mut dyn progress::Show, event: &Event| {
            if matches!(event, Event::RunStarted { .. }) {
                started();
            }
            show.event(event);
        };
        let clock = SystemClock::new();
        let (mut stopping, mut not_waiting) = (false, false);
        let mut work = pin!(work(&session));
        let result = loop {
            tokio::select! {
                biased;
                Some(event) = stream.next() => see(show.as_mut(), &event),
                () = self.cancel.until_stop_waiting(), if !not_waiting => {
                    (stopping, not_waiting) = (true, true);
                    show.message(signals::NOT_WAITING);
                }
                () = self.cancel.until_graceful(), if !stopping => {
                    stopping = true;
                    show.message(signals::STOPPING);
                }
                result = &mut work => break result,
                () = clock.sleep(TICK), if show.moves() => show.tick(),
            }
        };
        while let Some(Some(event)) = stream.next().now_or_never() {
            see(show.as_mut(), &event);
        }
        show.finish();
        result
    }

    /// Makes sure that the operator can be asked, before anything is called.
    ///
    /// # Errors
    /// When there is nobody to ask and `--yes` wasn't given.
    pub(crate) fn can_ask(&self) -> Result<()> {
        if self.yes || (!self.json && std::io::stdin().is_terminal()) {
            return Ok(());
        }
        let message = if self.json { "--json asks nothing" } else { "there is no terminal to ask on" };
        Err(Error::new(ErrorKind::Invalid, format!("{message}, so nothing was done"))
            .remedy("give --yes to agree beforehand, or save a plan with castra plan -o FILE and apply that"))
    }

    /// Asks for a word.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when a signal came instead of an answer.
    pub(crate) async fn agrees(&self, question: &str, word: &str) -> Result<bool> {
        confirm::ask(&self.cancel, question, word).await
    }
}
