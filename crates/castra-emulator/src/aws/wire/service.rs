//! Who asks, and which service in which region: what a request's signature says.
//!
//! The elements of a signature are those of
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html>. The emulator reads
//! them; it does not recompute the signature, since it has no secret keys.

use percent_encoding::percent_decode_str;

use crate::aws::error::ApiError;
use crate::http::Request;

/// The only algorithm there is for one region.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What the signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) access_key: String,
    /// The day of the credential's scope, such as `20260131`.
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// Present when the credentials are temporary.
    pub(crate) session_token: Option<String>,
    /// When it was signed, such as `20260131T120000Z`, if the request says.
    pub(crate) signed_at: Option<String>,
}

/// Reads the signature from the `Authorization` header or, presigned, from the query string; none if the request is
/// unsigned.
///
/// # Errors
///
/// `IncompleteSignature` if it doesn't conform to AWS's standards
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>).
pub(crate) fn signature(request: &Request) -> Result<Option<Signature>, ApiError> {
    match request.headers.get("authorization") {
        Some(value) => {
            let value = value.to_str().map_err(|_| incomplete("The Authorization header is not text."))?;
            from_header(request, value).map(Some)
        }
        None => from_query(request),
    }
}

fn from_header(request: &Request, value: &str) -> Result<Signature, ApiError> {
    let elements = value
        .trim()
        .strip_prefix(ALGORITHM)
        .filter(|rest| rest.starts_with([' ', ',']))
        .ok_or_else(|| incomplete("Authorization header requires the algorithm AWS4-HMAC-SHA256."))?;
    let element = |name: &str| {
        elements
            .split(',')
            .find_map(|element| element.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|value| !value.is_empty())
    };
    let signed_at = request.header("x-amz-date").or_else(|| request.header("date"));
    let missing: Vec<String> =
        ["Credential", "Signature", "SignedHeaders"]
            .into_iter()
            .filter(|name| element(name).is_none())
            .map(|name| format!("Authorization header requires '{name}' parameter."))
            .chain(signed_at.is_none().then(|| {
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.".to_owned()
            }))
            .collect();
    match element("Credential") {
        Some(credential) if missing.is_empty() => {
            let token = request.header("x-amz-security-token").map(str::to_owned);
            scope(credential, token, signed_at.map(str::to_owned))
        }
        _ => Err(incomplete(&missing.join(" "))),
    }
}

/// A presigned request
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>).
fn from_query(request: &Request) -> Result<Option<Signature>, ApiError> {
    let parameter = |name: &str| {
        request.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            key.eq_ignore_ascii_case(name).then(|| percent_decode_str(value).decode_utf8_lossy().into_owned())
        })
    };
    let Some(credential) = parameter("X-Amz-Credential") else {
        return match parameter("X-Amz-Algorithm") {
            Some(_) => Err(incomplete("AWS query-string parameters must include 'X-Amz-Credential'.")),
            None => Ok(None),
        };
    };
    if parameter("X-Amz-Algorithm").as_deref() != Some(ALGORITHM) {
        return Err(incomplete("AWS query-string parameters must include 'X-Amz-Algorithm' AWS4-HMAC-SHA256."));
    }
    for name in ["X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"] {
        if parameter(name).is_none_or(|value| value.is_empty()) {
            return Err(incomplete(&format!("AWS query-string parameters must include '{name}'.")));
        }
    }
    scope(&credential, parameter("X-Amz-Security-Token"), parameter("X-Amz-Date")).map(Some)
}

/// Takes `AKID/date/region/service/aws4_request` apart. An access key has no slash.
fn scope(credential: &str, session_token: Option<String>, signed_at: Option<String>) -> Result<Signature, ApiError> {
    let elements: Vec<&str> = credential.split('/').collect();
    let &[access_key, date, region, service, "aws4_request"] = elements.as_slice() else {
        return Err(incomplete(&format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             '{credential}'"
        )));
    };
    if access_key.is_empty() || region.is_empty() || service.is_empty() {
        return Err(incomplete(&format!("Credential must not have empty elements, got '{credential}'")));
    }
    Ok(Signature {
        access_key: access_key.to_owned(),
        date: date.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        session_token,
        signed_at,
    })
}

fn incomplete(message: &str) -> ApiError {
    ApiError::new("IncompleteSignature", message).status(400)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    fn request(query: &str, headers: &[(&'static str, &str)]) -> Request {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let query = query.to_owned();
        Request { method: Method::GET, path: "/".into(), query, headers: map, body: Bytes::new() }
    }

    #[test]
    fn header() {
        let authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/eu-central-1/ec2/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=abc";
        let asked = request(
            "",
            &[("authorization", authorization), ("x-amz-date", "20260131T000000Z"), ("x-amz-security-token", "token")],
        );
        let signature = signature(&asked).unwrap().unwrap();
        assert_eq!(signature.access_key, "AKIDEXAMPLE");
        assert_eq!((signature.region.as_str(), signature.service.as_str()), ("eu-central-1", "ec2"));
        assert_eq!(signature.session_token.as_deref(), Some("token"));
        assert_eq!(signature.signed_at.as_deref(), Some("20260131T000000Z"));
    }

    #[test]
    fn presigned() {
        let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260131%2Fus-east-1%2Fs3%2Faws4_request\
                     &X-Amz-Date=20260131T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=abc";
        let signature = signature(&request(query, &[])).unwrap().unwrap();
        assert_eq!((signature.access_key.as_str(), signature.service.as_str()), ("AKID", "s3"));
    }

    #[test]
    fn absent_and_malformed() {
        assert_eq!(signature(&request("", &[])).unwrap(), None);
        for authorization in [
            "Basic abc",
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=x",
            "AWS4-HMAC-SHA256 Credential=a/20260131/r/s/aws4_request, SignedHeaders=host",
        ] {
            let asked = request("", &[("authorization", authorization), ("x-amz-date", "20260131T000000Z")]);
            let error = signature(&asked).unwrap_err();
            assert_eq!(error.code, "IncompleteSignature", "{authorization}");
        }
    }
}
