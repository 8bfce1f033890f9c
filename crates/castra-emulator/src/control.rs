//! The control API: `/_castra/..` on the emulator's own port.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::emulator::World;
use crate::http::{Request, Response};

/// The snapshots that were taken, by id.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {}

/// Answers a request to the control API.
pub(crate) async fn answer(_world: &World, _path: &str, _request: &Request) -> Response {
    Response { status: StatusCode::NOT_FOUND, headers: HeaderMap::new(), body: Bytes::new() }
}
