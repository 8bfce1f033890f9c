//! How the services write a point in time.

use jiff::Timestamp;

use super::violation::Violation;

/// ISO 8601 in UTC with milliseconds, as EC2 and most XML services write it: `2026-01-01T00:00:00.000Z`.
///
/// See the sample responses of
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>.
pub(super) fn iso8601_milliseconds(milliseconds: i64) -> Result<String, Violation> {
    Ok(point(milliseconds)?.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
}

/// ISO 8601 in UTC with whole seconds, as IAM and STS write it: `2026-01-01T00:00:00Z`.
///
/// See the sample responses of <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>.
pub(super) fn iso8601_seconds(milliseconds: i64) -> Result<String, Violation> {
    Ok(point(milliseconds)?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The date of HTTP headers: `Thu, 01 Jan 2026 00:00:00 GMT`.
///
/// Smithy calls it `http-date`: <https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait>.
pub(super) fn http_date(milliseconds: i64) -> Result<String, Violation> {
    Ok(point(milliseconds)?.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// Seconds since the epoch, with a fraction only where there is one.
pub(super) fn epoch_seconds(milliseconds: i64) -> serde_json::Number {
    if milliseconds % 1000 == 0 {
        return (milliseconds / 1000).into();
    }
    serde_json::Number::from_f64(milliseconds as f64 / 1000.0).unwrap_or_else(|| (milliseconds / 1000).into())
}

fn point(milliseconds: i64) -> Result<Timestamp, Violation> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|error| Violation::new(format!("{milliseconds} ms is no time: {error}")))
}
