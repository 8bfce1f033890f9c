//! HTTP on loopback: connections, and what can happen to them.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::http::{Request, Response};

/// The most that a request's body may hold: S3 takes 5 GiB, which nobody needs here.
pub(crate) const MAXIMUM_BODY: usize = 16 << 20;

/// What becomes of an answer.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// It is sent.
    Send(Response),
    /// Its head and so many bytes of its body are sent, then the connection is reset.
    Truncate(Response, usize),
    /// The connection is reset.
    Reset,
    /// Nothing is sent, and the connection stays open until the client gives up.
    Hang,
}

/// Something that answers requests.
pub(crate) trait Answerer: Send + Sync + 'static {
    /// What becomes of this request. Dropped when the client goes away first.
    fn answer(&self, request: Request) -> impl Future<Output = Delivery> + Send;
}

/// Accepts connections until dropped, which closes them all.
pub(crate) async fn serve<A: Answerer>(listener: TcpListener, answerer: Arc<A>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // Out of file descriptors, say: the clients that are there keep being served.
                let Ok((stream, _)) = accepted else {
                    tokio::task::yield_now().await;
                    continue;
                };
                connections.spawn(connection(stream, Arc::clone(&answerer)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection<A: Answerer>(stream: TcpStream, answerer: Arc<A>) {
    // Answers are small and awaited: they must not linger for more to come.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        let (answerer, reset) = (Arc::clone(&answerer), Arc::clone(&reset));
        Box::pin(async move { deliver(&*answerer, request, &reset).await })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if reset.load(Ordering::Relaxed) {
        // Closing with nothing to linger for is what sends a reset.
        let _ = connection.into_parts().io.inner().set_zero_linger();
    }
}

/// The error that makes hyper close a connection.
#[derive(Debug, thiserror::Error)]
#[error("a fault closes the connection")]
struct Closed;

async fn deliver<A: Answerer>(
    answerer: &A,
    request: http::Request<Incoming>,
    reset: &AtomicBool,
) -> Result<http::Response<Content>, Closed> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAXIMUM_BODY).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE));
    };
    let request = Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.to_bytes(),
    };
    match answerer.answer(request).await {
        Delivery::Send(response) => Ok(written(response, None)),
        Delivery::Truncate(response, kept) => Ok(written(response, Some(kept))),
        Delivery::Reset => {
            reset.store(true, Ordering::Relaxed);
            Err(Closed)
        }
        Delivery::Hang => std::future::pending().await,
    }
}

fn plain(status: StatusCode) -> http::Response<Content> {
    written(Response { status, headers: HeaderMap::new(), body: Bytes::new() }, None)
}

fn written(response: Response, kept: Option<usize>) -> http::Response<Content> {
    let length = response.body.len();
    let mut content = Content { left: response.body, broken: false, sent: false };
    if let Some(kept) = kept {
        content.left.truncate(kept);
        content.broken = true;
    }
    let mut answer = http::Response::new(content);
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    if !answer.headers().contains_key(CONTENT_LENGTH) {
        answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    answer
}

/// A body, whole or broken off.
struct Content {
    left: Bytes,
    /// Whether the connection closes when the bytes are sent.
    broken: bool,
    sent: bool,
}

impl Body for Content {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        if !self.left.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.left)))));
        }
        // Once pending, so that hyper sends what it has before the error makes it drop everything.
        if self.broken && !std::mem::replace(&mut self.sent, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.broken.then_some(Err(Closed)))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && !self.broken
    }
}
