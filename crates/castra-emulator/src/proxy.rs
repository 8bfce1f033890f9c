//! Faults and the request log in front of any HTTP endpoint.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::aws::Recognised;
use crate::chance::Chance;
use crate::clock::{Clock, Pace};
use crate::cloud::Recognised as _;
use crate::control;
use crate::faults::{Done, Faults, Mishap};
use crate::http::{Request, Response};
use crate::log::{Entry, Log, Outcome, Subject};
use crate::running::Running;
use crate::server::{Answerer, Delivery, MAXIMUM_BODY};

/// A proxy that passes requests on to an HTTP endpoint, and lets go wrong with them what a test wants to go wrong.
/// Dropping it stops it.
///
/// Requests that are signed for one of AWS's services are told apart by service and operation, and refused in that
/// service's words; any others by method and path (`GET /thing`), and refused with a plain status.
///
/// ```no_run
/// use castra_emulator::{Effect, Fault, Matching, Proxy};
///
/// let proxy = Proxy::start("http://127.0.0.1:5000", 0)?;
/// proxy.faults().inject(Fault::new(Matching::any(), Effect::Throttle).probability(0.2));
/// println!("point the client at {}", proxy.endpoint());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Proxy {
    running: Running,
    relay: Arc<Relay>,
}

#[derive(Debug)]
struct Relay {
    upstream: SocketAddr,
    clock: Clock,
    faults: Faults,
    log: Log,
}

impl Proxy {
    /// Starts one in front of `http://HOST:PORT`, listening on that loopback port, or on a free one if it is 0.
    ///
    /// # Errors
    ///
    /// If the endpoint isn't of that form or its host not known, the port can't be listened on, or no thread started.
    pub fn start(upstream: &str, port: u16) -> io::Result<Self> {
        let clock = Clock::new(Pace::Scaled(1.0));
        let relay = Arc::new(Relay {
            upstream: resolve(upstream)?,
            faults: Faults::new(clock.clone(), 0),
            log: Log::new(clock.clone(), 20_000, None),
            clock,
        });
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let running = Running::start(address, Arc::clone(&relay), std::future::pending())?;
        Ok(Self { running, relay })
    }

    /// Its address as clients want it: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        self.running.endpoint()
    }

    /// The faults in force, and the calls that are held.
    pub fn faults(&self) -> &Faults {
        &self.relay.faults
    }

    /// The request log: the entries that `wanted` picks, in the order in which requests came in.
    pub fn log(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        self.relay.log.entries(wanted)
    }

    /// Waits until it stops, which is for ever unless its thread fails.
    pub fn wait(self) {
        self.running.wait();
    }
}

/// The socket address of `http://HOST:PORT`.
fn resolve(endpoint: &str) -> io::Result<SocketAddr> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{endpoint}: {why}"));
    let url = url::Url::parse(endpoint).map_err(|error| wrong(&error.to_string()))?;
    if url.scheme() != "http" {
        return Err(wrong("only http:// can be passed on to"));
    }
    url.socket_addrs(|| None)?.into_iter().next().ok_or_else(|| wrong("the host has no address"))
}

impl Answerer for Relay {
    async fn answer(&self, request: Request) -> Delivery {
        if let Some(path) = request.path.strip_prefix("/_castra/") {
            return Delivery::Send(control::answer_proxy(&self.faults, &self.log, path, &request).await);
        }
        let mut flight = self.clock.enter();
        let mut record = self.log.open();
        let request_id = Chance::new(record.number).uuid();
        let mut recognised = Recognised::recognise(&request, &request_id).ok();
        match &mut recognised {
            Some(recognised) => {
                record.subject = recognised.subject().clone();
                record.parameters = recognised.logged();
            }
            None => record.subject = plain_subject(&request, request_id),
        }
        // Where the endpoint can't be reached it is as if the connection had gone to it.
        let work = async { self.forward(&request).await.map(passed) };
        let refuse = |mishap| match &recognised {
            Some(recognised) => recognised.mishap(mishap),
            None => plain_refusal(mishap),
        };
        self.faults.exchange(&mut record, &mut flight, work, refuse).await
    }
}

impl Relay {
    /// The endpoint's answer; none if it can't be reached or breaks off.
    async fn forward(&self, request: &Request) -> Option<Response> {
        let stream = TcpStream::connect(self.upstream).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let exchange = async {
            let target = match request.query.as_str() {
                "" => request.path.clone(),
                query => format!("{}?{query}", request.path),
            };
            let mut forwarded = http::Request::new(Full::new(request.body.clone()));
            *forwarded.method_mut() = request.method.clone();
            *forwarded.uri_mut() = target.parse().ok()?;
            *forwarded.headers_mut() = without_hops(&request.headers);
            // The body has been put together; and the host stays what the client signed.
            forwarded.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(request.body.len()));
            if !forwarded.headers().contains_key(HOST) {
                forwarded.headers_mut().insert(HOST, self.upstream.to_string().parse().ok()?);
            }
            let (head, body) = sender.send_request(forwarded).await.ok()?.into_parts();
            let body = Limited::new(body, MAXIMUM_BODY).collect().await.ok()?.to_bytes();
            Some(Response { status: head.status, headers: without_hops(&head.headers), body })
        };
        let mut exchange = std::pin::pin!(exchange);
        tokio::select! {
            // The connection ends first only if it breaks, or when everything has been read.
            _ = connection => exchange.await,
            response = &mut exchange => response,
        }
    }
}

/// Headers without those that are about one connection.
fn without_hops(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.remove(CONNECTION);
    headers.remove(TRANSFER_ENCODING);
    headers
}

fn passed(response: Response) -> Done {
    let status = response.status.as_u16();
    let outcome = if response.status.is_client_error() || response.status.is_server_error() {
        Outcome::Refused { status, code: String::new(), message: String::new() }
    } else {
        Outcome::Done { status }
    };
    Done { response, outcome }
}

fn plain_subject(request: &Request, request_id: String) -> Subject {
    let operation = format!("{} {}", request.method, request.path);
    Subject { operation, changing: !request.method.is_safe(), request_id, ..Subject::default() }
}

fn plain_refusal(mishap: Mishap) -> Done {
    let (status, message) = match mishap {
        Mishap::Throttled => (StatusCode::TOO_MANY_REQUESTS, String::new()),
        Mishap::InternalError => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        Mishap::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
        Mishap::AccessDenied => (StatusCode::FORBIDDEN, String::new()),
        Mishap::ExpiredCredentials => (StatusCode::UNAUTHORIZED, String::new()),
        Mishap::Refused(refusal) => {
            let status = refusal.status.and_then(|status| StatusCode::from_u16(status).ok());
            (status.unwrap_or(StatusCode::BAD_REQUEST), refusal.message)
        }
    };
    let outcome = Outcome::Refused { status: status.as_u16(), code: String::new(), message: message.clone() };
    Done { response: Response { status, headers: HeaderMap::new(), body: Bytes::from(message) }, outcome }
}
