//! Parts of objects by bytes (<https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2>; S3 gives one range a request:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>).

use std::ops::Range;

use crate::aws::ApiError;

/// The bytes that a `Range` header asks for; none = everything, which is also the answer to what isn't one range of
/// bytes.
pub(super) fn read(header: &str, length: usize) -> Result<Option<Range<usize>>, ApiError> {
    let Some((first, last)) = header.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Some(first), None) if last.trim().is_empty() => first..length,
        (None, Some(count)) if first.trim().is_empty() => length.saturating_sub(count)..length,
        _ => return Ok(None),
    };
    if range.start < range.end {
        return Ok(Some(range));
    }
    let error = ApiError::new("InvalidRange", "The requested range is not satisfiable").status(416);
    Err(error
        .with("RangeRequested", header)
        .with("ActualObjectSize", length)
        .with("content-range", format!("bytes */{length}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::read;

    #[test]
    fn ranges() {
        assert_eq!(read("bytes=2-4", 10).unwrap(), Some(2..5));
        assert_eq!(read("bytes=2-", 10).unwrap(), Some(2..10));
        assert_eq!(read("bytes=-3", 10).unwrap(), Some(7..10));
        assert_eq!(read("bytes=-30", 10).unwrap(), Some(0..10));
        assert_eq!(read("bytes=8-99999999999", 10).unwrap(), Some(8..10));
        for ignored in ["bytes=4-2", "bytes=a-b", "bytes=-", "lines=1-2", "bytes=1-2,4-5", "bytes=", ""] {
            assert_eq!(read(ignored, 10).unwrap(), None, "{ignored}");
        }
        for (header, length) in [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=0-", 0)] {
            assert_eq!(read(header, length).unwrap_err().code, "InvalidRange", "{header}");
        }
    }
}
