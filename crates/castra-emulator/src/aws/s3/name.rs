//! What a bucket may be called
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html#general-purpose-bucket-names>).

use std::net::Ipv4Addr;

use crate::aws::ApiError;

const PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

pub(super) fn check(name: &str) -> Result<(), ApiError> {
    if fits(name) {
        Ok(())
    } else {
        Err(ApiError::new("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name))
    }
}

fn fits(name: &str) -> bool {
    let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| small(byte) || byte == b'.' || byte == b'-')
        && name.bytes().next().is_some_and(small)
        && name.bytes().next_back().is_some_and(small)
        && !name.contains("..")
        && name.parse::<Ipv4Addr>().is_err()
        && !PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn names() {
        for name in ["abc", "a-b.c", "0ab", &"a".repeat(63), "192.168.5.4x"] {
            assert!(fits(name), "{name}");
        }
        for name in
            ["ab", "Abc", "a_b", "-ab", "ab-", ".ab", "a..b", "192.168.5.4", "xn--a", "a-s3alias", &"a".repeat(64), ""]
        {
            assert!(!fits(name), "{name}");
        }
    }
}
