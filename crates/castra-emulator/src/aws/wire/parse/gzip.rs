//! Compressed bodies: SDKs compress large `PutMetricData` requests
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html>).

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::GzDecoder;

use super::json::refused;
use crate::aws::error::ApiError;
use crate::http::Request;

/// More than any service takes decompressed (`PutMetricData`: 1 MB).
const LIMIT: u64 = 16 * 1024 * 1024;

/// The body, decompressed if it says that it is compressed.
pub(crate) fn decode(request: &Request) -> Result<Cow<'_, [u8]>, ApiError> {
    if request.header("content-encoding").is_none_or(|encoding| !encoding.trim().eq_ignore_ascii_case("gzip")) {
        return Ok(Cow::Borrowed(&request.body));
    }
    let mut body = Vec::new();
    let read = GzDecoder::new(request.body.as_ref()).take(LIMIT + 1).read_to_end(&mut body);
    match read {
        Ok(_) if u64::try_from(body.len()).is_ok_and(|length| length <= LIMIT) => Ok(Cow::Owned(body)),
        Ok(_) => Err(ApiError::new("RequestEntityTooLarge", "The decompressed body is too large").status(413)),
        Err(_) => Err(refused("The body is not valid gzip")),
    }
}
