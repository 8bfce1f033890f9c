//! Who calls.

use http::header::AUTHORIZATION;

use crate::http::Request;

/// Who a request without credentials comes from: the owner of whatever project it is for.
pub(crate) const OWNER: &str = "owner@example.com";

/// Who a request comes from: an access token that is a service account's e-mail address makes it that account's, and
/// anything else the owner's. Nothing is verified.
pub(crate) fn caller(request: &Request) -> String {
    let token = request.header(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    token.filter(|token| token.contains('@')).map_or_else(|| OWNER.to_owned(), |token| token.trim().to_owned())
}
