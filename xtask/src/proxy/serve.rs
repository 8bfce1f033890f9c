//! The connections.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

use super::Shared;
use super::call::{Call, idempotency_key, identify};
use super::rule::Action;
use super::wire::{Message, Reader};

type Upstream = (Reader<tokio::net::tcp::OwnedReadHalf>, tokio::net::tcp::OwnedWriteHalf);

/// Serves every connection until the runtime ends.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _ = client.set_nodelay(true);
            let (read, write) = client.into_split();
            // A client that goes away in the middle is what some callers do on purpose.
            let _ = connection(Reader::new(read), write, &shared).await;
        });
    }
}

async fn connection(
    mut from: Reader<impl AsyncRead + Unpin>,
    mut to: impl AsyncWrite + Unpin,
    shared: &Shared,
) -> io::Result<()> {
    let mut upstream = None;
    while let Some(request) = from.request().await? {
        let started = Instant::now();
        let (service, operation) = identify(&request);
        let answer = exchange(&request, &service, &operation, &mut upstream, shared).await;
        shared.log(Call {
            service,
            operation,
            status: answer.as_ref().map_or(0, Message::status),
            start: started - shared.epoch,
            end: shared.epoch.elapsed(),
        });
        let mut answer = answer?;
        // Whether the cloud closes its connection is between it and us; the client keeps its own.
        answer.headers.retain(|(key, _)| !key.eq_ignore_ascii_case("connection"));
        answer.write(&mut to, is_head(&request)).await?;
        if request.last {
            break;
        }
    }
    Ok(())
}

/// Delays, breaks or forwards one call. An error closes the client's connection without an answer.
async fn exchange(
    request: &Message,
    service: &str,
    operation: &str,
    upstream: &mut Option<Upstream>,
    shared: &Shared,
) -> io::Result<Message> {
    tokio::time::sleep(shared.delay).await;
    let key = idempotency_key(request, operation);
    if let Some(answer) = key.as_ref().and_then(|key| shared.lost(key)) {
        return Ok(answer);
    }
    let Some(armed) = shared.fire(operation) else { return forward(request, upstream, shared).await };
    match armed.action() {
        Action::Refuse(status) => {
            armed.report();
            Ok(Message::answer(status, &refusal(service, status)))
        }
        Action::LoseReply => {
            let answer = forward(request, upstream, shared).await;
            if let (Some(key), Ok(answer)) = (key, answer) {
                shared.remember(key, answer);
            }
            armed.report();
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Action::HoldReply => {
            let answer = forward(request, upstream, shared).await;
            armed.report();
            armed.until_released().await;
            answer
        }
    }
}

/// What AWS says when it throttles a call (503) or doesn't allow it (403): in EC2's words and envelope, or in those of
/// the query services.
fn refusal(service: &str, status: u16) -> String {
    let (ec2, others) = match status {
        403 => ("UnauthorizedOperation", "AccessDenied"),
        _ => ("RequestLimitExceeded", "Throttling"),
    };
    let message = "<Message>Refused by the proxy.</Message>";
    if service == "ec2" {
        format!(
            "<Response><Errors><Error><Code>{ec2}</Code>{message}</Error></Errors><RequestID>proxy</RequestID></Response>"
        )
    } else {
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{others}</Code>{message}</Error><RequestId>proxy</RequestId></ErrorResponse>"
        )
    }
}

async fn forward(request: &Message, upstream: &mut Option<Upstream>, shared: &Shared) -> io::Result<Message> {
    let mut connection = match upstream.take() {
        Some(open) => open,
        None => {
            let stream = TcpStream::connect(&shared.upstream).await?;
            stream.set_nodelay(true)?;
            let (read, write) = stream.into_split();
            (Reader::new(read), write)
        }
    };
    request.write(&mut connection.1, false).await?;
    let answer = connection.0.response(is_head(request)).await?;
    if !answer.last {
        *upstream = Some(connection);
    }
    Ok(answer)
}

fn is_head(request: &Message) -> bool {
    request.start_line.starts_with("HEAD ")
}
