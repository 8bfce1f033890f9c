//! S3's chunked uploads (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>, with trailing
//! headers: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>).

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::aws::error::ApiError;
use crate::http::Request;

/// The body and headers that a request means: chunks put together, trailers among the headers.
pub(crate) fn decode(request: &Request) -> Result<(HeaderMap, Bytes), ApiError> {
    let mut headers = request.headers.clone();
    if !request.header("x-amz-content-sha256").is_some_and(|hash| hash.starts_with("STREAMING-")) {
        return Ok((headers, request.body.clone()));
    }
    let length = request.header("x-amz-decoded-content-length").and_then(|length| length.trim().parse::<usize>().ok());
    let Some(length) = length else {
        return Err(
            ApiError::new("MissingContentLength", "You must provide the Content-Length HTTP header.").status(411)
        );
    };
    let (body, trailers) = chunks(&request.body).ok_or_else(incomplete)?;
    if body.len() != length {
        return Err(incomplete());
    }
    headers.extend(trailers);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    // `aws-chunked` is how it travelled, not what was stored.
    let encodings: Vec<&str> = request
        .header("content-encoding")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|encoding| !encoding.is_empty() && *encoding != "aws-chunked")
        .collect();
    match HeaderValue::from_str(&encodings.join(",")) {
        Ok(encoding) if !encoding.is_empty() => headers.insert(CONTENT_ENCODING, encoding),
        _ => headers.remove(CONTENT_ENCODING),
    };
    Ok((headers, body))
}

/// The chunks' bytes and the trailers; none if it isn't chunked or ends early.
fn chunks(body: &Bytes) -> Option<(Bytes, HeaderMap)> {
    let mut rest = body.clone();
    let mut data = BytesMut::with_capacity(rest.len());
    loop {
        let head = line(&mut rest)?;
        let size = head.split(|byte| *byte == b';').next()?;
        let size = usize::from_str_radix(std::str::from_utf8(size).ok()?.trim(), 16).ok()?;
        if size == 0 {
            break;
        }
        if size > rest.len() {
            return None;
        }
        data.extend_from_slice(&rest.split_to(size));
        line(&mut rest).filter(|end| end.is_empty())?;
    }
    let mut trailers = HeaderMap::new();
    while !rest.is_empty() {
        let line = line(&mut rest)?;
        if line.is_empty() {
            continue;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name).ok()?;
        // The chunk's own signature travels as a trailer too; it is no header of the request.
        if name != "x-amz-trailer-signature" {
            trailers.insert(name, HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?);
        }
    }
    Some((data.freeze(), trailers))
}

/// The bytes before the next line break, which are taken away with it.
fn line(rest: &mut Bytes) -> Option<Bytes> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let line = rest.split_to(end);
    drop(rest.split_to(2));
    Some(line)
}

fn incomplete() -> ApiError {
    ApiError::new(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )
    .status(400)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use http::Method;

    use super::*;

    fn upload(body: &str, length: &str) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-content-sha256", HeaderValue::from_static("STREAMING-UNSIGNED-PAYLOAD-TRAILER"));
        headers.insert("x-amz-decoded-content-length", HeaderValue::from_str(length).unwrap());
        headers.insert("content-encoding", HeaderValue::from_static("aws-chunked, gzip"));
        let body = Bytes::copy_from_slice(body.as_bytes());
        Request { method: Method::PUT, path: "/b/k".into(), query: String::new(), headers, body }
    }

    #[test]
    fn whole() {
        let body = "5;chunk-signature=aa\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
        let (headers, body) = decode(&upload(body, "6")).unwrap();
        assert_eq!(body.as_ref(), b"hello!");
        assert_eq!(headers["x-amz-checksum-crc32"], "AAAAAA==");
        assert_eq!(headers["content-length"], "6");
        assert_eq!(headers["content-encoding"], "gzip");
    }

    #[test]
    fn broken() {
        for (body, length) in [
            ("5\r\nhello\r\n0\r\n\r\n", "6"),
            ("5\r\nhel", "5"),
            ("ffffffffffffffff\r\nhello", "5"),
            ("fffffffffffffffff\r\nhello", "5"),
            ("hello", "5"),
            ("5\r\nhello\r\n", "5"),
            ("5\r\nhelloXX0\r\n\r\n", "5"),
        ] {
            assert_eq!(decode(&upload(body, length)).unwrap_err().code, "IncompleteBody", "{body:?}");
        }
        assert_eq!(decode(&upload("0\r\n\r\n", "x")).unwrap_err().code, "MissingContentLength");
    }
}
