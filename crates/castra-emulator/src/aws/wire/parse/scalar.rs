//! Text to value, for the protocols that write everything as text: forms, headers, labels, XML.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Number, Value};

use crate::aws::contract::{Shape, ShapeKind};

/// Standard base64; clients differ in whether they pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The value that a text stands for; none if it isn't one of this shape.
///
/// Written as Smithy's protocols do (<https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>): numbers in
/// decimal, `true` and `false`, blobs in base64, timestamps in any of the three formats.
pub(crate) fn from_text(shape: &Shape, text: &str) -> Option<Value> {
    match shape.kind {
        ShapeKind::String | ShapeKind::Character => Some(Value::from(text)),
        ShapeKind::Integer => text.trim().parse::<i32>().ok().map(Value::from),
        ShapeKind::Long => text.trim().parse::<i64>().ok().map(Value::from),
        ShapeKind::Float | ShapeKind::Double => number(text.trim().parse().ok()?),
        ShapeKind::Boolean => match text.trim() {
            text if text.eq_ignore_ascii_case("true") => Some(Value::Bool(true)),
            text if text.eq_ignore_ascii_case("false") => Some(Value::Bool(false)),
            _ => None,
        },
        ShapeKind::Blob => blob(text),
        ShapeKind::Timestamp => timestamp(text.trim()),
        ShapeKind::Structure | ShapeKind::List | ShapeKind::Map => None,
    }
}

/// A floating-point value; none for those that JSON has no number for.
pub(crate) fn number(value: f64) -> Option<Value> {
    Number::from_f64(value).map(Value::Number)
}

/// Checks base64 and writes it in its one padded form. Line breaks, which some encoders insert, are dropped.
pub(crate) fn blob(text: &str) -> Option<Value> {
    let bytes = if text.contains(|c: char| c.is_ascii_whitespace()) {
        BASE64.decode(text.split_ascii_whitespace().collect::<String>())
    } else {
        BASE64.decode(text)
    };
    bytes.ok().map(|bytes| encode(&bytes))
}

/// Bytes as a value.
pub(crate) fn encode(bytes: &[u8]) -> Value {
    Value::from(BASE64.encode(bytes))
}

/// Seconds since the epoch from ISO 8601, RFC 822 or a number
/// (<https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait>).
pub(crate) fn timestamp(text: &str) -> Option<Value> {
    if let Ok(seconds) = text.parse::<f64>() {
        return number(seconds);
    }
    let instant = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        // RFC 822's zone is written `GMT`, which is one of its obsolete names.
        jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
    })?;
    // Microseconds are the finest that a double holds today.
    #[expect(clippy::cast_precision_loss, reason = "exact until the year 2255")]
    number(instant.as_microsecond() as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn timestamps() {
        let seconds = Some(Value::from(1_767_225_600.0));
        for text in ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "Thu, 01 Jan 2026 00:00:00 GMT", "1767225600"]
        {
            assert_eq!(timestamp(text), seconds, "{text}");
        }
        assert_eq!(timestamp("2026-01-01T00:00:00.5+00:00"), Some(Value::from(1_767_225_600.5)));
        for text in ["", "yesterday", "NaN", "inf", "2026-13-01T00:00:00Z"] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn blobs() {
        assert_eq!(blob("aGk"), Some(Value::from("aGk=")));
        assert_eq!(blob("aG\nk=\n"), Some(Value::from("aGk=")));
        assert_eq!(blob("a"), None);
        assert_eq!(blob("a*k="), None);
    }
}
