//! A server on a thread of its own.

use std::fmt::Display;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::server::{self, Answerer};

/// A server that runs; dropping it stops it and closes its connections.
#[derive(Debug)]
pub(crate) struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The error with what was attempted.
pub(crate) fn about(error: &io::Error, attempt: &str, what: &dyn Display) -> io::Error {
    io::Error::new(error.kind(), format!("{attempt} {what}: {error}"))
}

impl Running {
    /// Listens on that address and answers from then on; `beside` runs as long.
    pub(crate) fn start<A: Answerer>(
        address: SocketAddr,
        answerer: Arc<A>,
        beside: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Self> {
        let listener =
            std::net::TcpListener::bind(address).map_err(|error| about(&error, "cannot listen on", &address))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("castra-emulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = server::serve(listener, answerer) => {}
                    () = beside => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as clients want it.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until it stops by itself.
    pub(crate) fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
