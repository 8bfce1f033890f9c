//! A gate in front of a cloud that lets calls through in rounds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::wire::{answer, request};

/// For how long nothing new must come before a round is let through: far longer than a client takes between calls
/// that don't wait for one another.
const QUIET: Duration = Duration::from_millis(400);

/// Holds every call until no more come, then lets all of them through at once and holds the answers until all are
/// there. So the number of rounds is the length of the longest chain of calls that wait for one another, however
/// fast or slow the cloud is.
#[derive(Debug)]
pub struct Gate {
    /// Its address.
    pub endpoint: String,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

#[derive(Debug, Default)]
struct State {
    /// How many calls each round let through.
    rounds: Mutex<Vec<usize>>,
    held: Mutex<usize>,
    arrived: Notify,
    open: Notify,
    answered: Mutex<usize>,
    back: Notify,
    release: Notify,
}

impl State {
    fn add(counter: &Mutex<usize>) {
        *counter.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    fn take(counter: &Mutex<usize>) -> usize {
        std::mem::take(&mut *counter.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn read(counter: &Mutex<usize>) -> usize {
        *counter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate {
    /// A gate in front of an endpoint. It closes when dropped.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn before(endpoint: &str) -> Result<Self> {
        let upstream = endpoint.strip_prefix("http://").context("the endpoint is plain HTTP")?.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(State::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(keep(Arc::clone(&state)));
        tasks.spawn(serve(listener, upstream, Arc::clone(&state)));
        Ok(Self { endpoint, state, _tasks: tasks })
    }

    /// How many calls each round so far let through; starts anew.
    pub fn rounds(&self) -> Vec<usize> {
        std::mem::take(&mut *self.state.rounds.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Opens the gate for one round after another.
async fn keep(state: Arc<State>) {
    loop {
        state.arrived.notified().await;
        let mut held = 0;
        while State::read(&state.held) != held {
            held = State::read(&state.held);
            quiet().await;
        }
        let round = State::take(&state.held);
        if round == 0 {
            continue;
        }
        state.rounds.lock().unwrap_or_else(PoisonError::into_inner).push(round);
        state.open.notify_waiters();
        while State::read(&state.answered) < round {
            state.back.notified().await;
        }
        State::take(&state.answered);
        state.release.notify_waiters();
    }
}

#[expect(clippy::disallowed_methods, reason = "it waits for a socket to be quiet, which takes real time")]
async fn quiet() {
    tokio::time::sleep(QUIET).await;
}

async fn serve(listener: TcpListener, upstream: String, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (upstream, state) = (upstream.clone(), Arc::clone(&state));
        connections.spawn(async move {
            // A client that hangs up has its reasons, and sees that its call failed.
            let _ = pass(client, &upstream, &state).await;
        });
    }
}

/// Passes one call: a connection serves no other.
async fn pass(mut client: TcpStream, upstream: &str, state: &State) -> Result<()> {
    let request = request(&mut client).await?;
    let opened = state.open.notified();
    tokio::pin!(opened);
    opened.as_mut().enable();
    State::add(&state.held);
    state.arrived.notify_one();
    opened.await;
    let released = state.release.notified();
    tokio::pin!(released);
    released.as_mut().enable();
    let answer = answer(upstream, &request).await;
    State::add(&state.answered);
    state.back.notify_one();
    released.await;
    client.write_all(&answer?).await?;
    client.shutdown().await?;
    Ok(())
}
