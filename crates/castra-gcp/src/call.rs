//! The one place where an SDK request is sent.

use std::future::Future;

use castra_core::resource::At;
use castra_core::{Call, Context, ContextExt, Result};

use crate::client::Clients;
use crate::error::classify;
use crate::read_only;

pub(crate) use castra_core::answer::{gone, maybe, there};

/// What a request is sent by: the engine's seam, and the clients that it was made with.
pub(crate) trait Seam: Sync {
    /// The engine's seam.
    fn cx(&self) -> &dyn Context;
    /// The clients.
    fn clients(&self) -> &Clients;
}

impl Seam for At<'_, Clients> {
    fn cx(&self) -> &dyn Context {
        self.cx
    }

    fn clients(&self) -> &Clients {
        self.cloud
    }
}

/// Sends a request through the engine's seam. `$request` is an SDK request builder; it is cloned for each attempt.
///
/// ```ignore
/// let network = send!(at, Call::read("compute", "networks.get"), at.cloud.networks.get().set_network(&self.name))?;
/// ```
macro_rules! send {
    ($seam:expr, $call:expr, $request:expr) => {{
        let request = $request;
        $crate::call::through($seam, $call, &request, || {
            let request = request.clone();
            async move { request.send().await }
        })
        .await
    }};
}
pub(crate) use send;

/// Everything that a list of Compute Engine answers, page after page: what the pages' `items` hold.
///
/// ```ignore
/// let networks = list!(look, "networks.list", look.clients.networks.list().set_project(project))?;
/// ```
macro_rules! list {
    ($seam:expr, $operation:literal, $request:expr) => {{
        let (request, mut items, mut next) = ($request, Vec::new(), None);
        loop {
            let page = request.clone().set_or_clear_page_token(next.take());
            match $crate::call::send!($seam, ::castra_core::Call::read("compute", $operation), page) {
                Ok(page) => {
                    items.extend(page.items);
                    next = page.next_page_token.filter(|token: &String| !token.is_empty());
                    if next.is_none() {
                        break Ok(items);
                    }
                }
                Err(error) => break Err(error),
            }
        }
    }};
}
pub(crate) use list;

/// The function behind [`send!`]. `B` is the request's own type, by which reads are known.
pub(crate) async fn through<S, B, T, F, Fut>(seam: &S, call: Call, _: &B, mut request: F) -> Result<T>
where
    S: Seam + ?Sized,
    B: Sync,
    T: Send,
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = google_cloud_gax::Result<T>> + Send,
{
    read_only::check::<B>(seam.clients().read_only, &call)?;
    seam.cx()
        .call(&call, || {
            let sent = request();
            let call = &call;
            async move { sent.await.map_err(|error| classify(call, error)) }
        })
        .await
}

/// A context and clients for unit tests: each call is made once, a sleep is a moment, and events go nowhere.
#[cfg(test)]
pub(crate) mod direct {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use async_trait::async_trait;
    use castra_core::context::Attempt;
    use castra_core::{Call, Context, Event, Result};
    use jiff::Timestamp;

    use super::Seam;
    use crate::client::{Clients, Connection};

    /// See the module.
    pub(crate) struct Direct(pub(crate) Clients);

    impl Direct {
        /// With clients for a loopback port.
        pub(crate) async fn to(port: u16, read_only: bool) -> Self {
            let connection = Connection::new("p1", "europe-west1").endpoint(format!("http://127.0.0.1:{port}"));
            Self(connection.clients(read_only).await.unwrap())
        }
    }

    impl Seam for Direct {
        fn cx(&self) -> &dyn Context {
            self
        }

        fn clients(&self) -> &Clients {
            &self.0
        }
    }

    #[async_trait]
    impl Context for Direct {
        async fn attempt<'a>(&'a self, _: &'a Call, attempt: Attempt<'a>) -> Result<()> {
            attempt().await
        }

        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        async fn sleep(&self, _: Duration) -> Result<()> {
            Ok(())
        }

        fn emit(&self, _: Event) {}
    }
}
