//! Checksums of what is uploaded
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value};
use sha2::{Sha256, Sha512};

use super::error;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// Computes a checksum.
type Compute = fn(&[u8]) -> Vec<u8>;

/// The algorithms that are served.
const ALGORITHMS: &[(&str, Compute)] = &[
    ("CRC32", crc32),
    ("CRC32C", crc32c),
    ("CRC64NVME", crc64nvme),
    ("SHA256", |data| Sha256::digest(data).to_vec()),
    ("SHA512", |data| Sha512::digest(data).to_vec()),
    ("MD5", |data| Md5::digest(data).to_vec()),
];

/// Those that are not: S3 takes them, the emulator can't compute them.
const UNSERVED: &[&str] = &["SHA1", "XXHASH64", "XXHASH3", "XXHASH128"];

/// The algorithm for those who name none: "If you don't specify a checksum algorithm [..] CRC-64/NVME".
pub(super) const USUAL: &str = "CRC64NVME";

/// A checksum of an object or a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checksum {
    pub(super) algorithm: &'static str,
    /// In base64; with the number of parts after a dash if it is made of those of the parts.
    pub(super) value: String,
    pub(super) kind: &'static str,
}

/// Of the whole, and of the checksums of parts.
pub(super) const FULL_OBJECT: &str = "FULL_OBJECT";
pub(super) const COMPOSITE: &str = "COMPOSITE";

impl Checksum {
    /// The checksum of these bytes.
    pub(super) fn of(algorithm: &str, data: &[u8]) -> Option<Self> {
        let (name, compute) = ALGORITHMS.iter().find(|(name, ..)| *name == algorithm)?;
        Some(Self { algorithm: name, value: STANDARD.encode(compute(data)), kind: FULL_OBJECT })
    }

    /// The checksum of the checksums of parts.
    pub(super) fn of_parts<'a>(algorithm: &str, parts: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut data = Vec::new();
        let mut count = 0;
        for part in parts {
            data.extend(STANDARD.decode(&part.value).ok()?);
            count += 1;
        }
        let Self { algorithm, value, .. } = Self::of(algorithm, &data)?;
        Some(Self { algorithm, value: format!("{value}-{count}"), kind: COMPOSITE })
    }

    /// Its member in requests and answers, such as `ChecksumCRC32`.
    pub(super) fn member(&self) -> String {
        format!("Checksum{}", self.algorithm)
    }

    /// Shows it in an answer.
    pub(super) fn show(&self, output: &mut Map<String, Value>) {
        output.insert(self.member(), self.value.as_str().into());
        output.insert("ChecksumType".to_owned(), self.kind.into());
    }
}

/// Holds the bytes against the digest and the checksum that came with them; the checksum to keep.
pub(super) fn check(call: &Call<'_>, data: &[u8]) -> Result<Checksum, ApiError> {
    if let Some(text) = call.text("ContentMD5") {
        let digest = STANDARD.decode(text).ok().filter(|digest| digest.len() == 16);
        let Some(digest) = digest else {
            let error = ApiError::new("InvalidDigest", "The Content-MD5 you specified was invalid.");
            return Err(error.with("Content-MD5", text));
        };
        let computed = Md5::digest(data);
        if digest != computed[..] {
            let error = ApiError::new("BadDigest", "The Content-MD5 you specified did not match what we received.");
            return Err(error.with("ExpectedDigest", text).with("CalculatedDigest", STANDARD.encode(computed)));
        }
    }
    let named = named(call, "ChecksumAlgorithm")?;
    match given(call)? {
        Some((name, text)) => {
            let computed = Checksum::of(name, data).ok_or_else(|| error::not_implemented(&header(name)))?;
            if STANDARD.decode(text).map_or(true, |given| STANDARD.encode(given) != text) {
                let message = format!("Value for {} header is invalid.", header(name));
                return Err(error::invalid_request(message));
            }
            if computed.value != text {
                let message = format!("The {name} you specified did not match the calculated checksum.");
                return Err(ApiError::new("BadDigest", message));
            }
            Ok(computed)
        }
        None => Checksum::of(named.unwrap_or(USUAL), data)
            .ok_or_else(|| error::not_implemented("x-amz-sdk-checksum-algorithm")),
    }
}

/// The algorithm that a member names.
pub(super) fn named<'a>(call: &Call<'a>, member: &str) -> Result<Option<&'a str>, ApiError> {
    match call.text(member) {
        Some(name) if UNSERVED.contains(&name) => Err(error::not_implemented("x-amz-checksum-algorithm")),
        other => Ok(other),
    }
}

/// The one checksum that a request's headers give, with its algorithm.
pub(super) fn given<'a>(call: &Call<'a>) -> Result<Option<(&'static str, &'a str)>, ApiError> {
    let names = ALGORITHMS.iter().map(|(name, ..)| *name).chain(UNSERVED.iter().copied());
    let mut given = names.filter_map(|name| Some((name, call.text(&format!("Checksum{name}"))?)));
    let first = given.next();
    if given.next().is_some() {
        let message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
        return Err(error::invalid_request(message));
    }
    Ok(first)
}

fn header(name: &str) -> String {
    format!("x-amz-checksum-{}", name.to_ascii_lowercase())
}

/// CRC-32 of ISO 3309, as in gzip.
fn crc32(data: &[u8]) -> Vec<u8> {
    static TABLE: [u64; 256] = table(0xedb8_8320);
    low(crc(&TABLE, 0xffff_ffff, data), 4)
}

/// CRC-32C, Castagnoli's (<https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4>).
fn crc32c(data: &[u8]) -> Vec<u8> {
    static TABLE: [u64; 256] = table(0x82f6_3b78);
    low(crc(&TABLE, 0xffff_ffff, data), 4)
}

/// CRC-64/NVME (<https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-nvme>).
fn crc64nvme(data: &[u8]) -> Vec<u8> {
    static TABLE: [u64; 256] = table(0x9a6c_9329_ac4b_c9b5);
    low(crc(&TABLE, u64::MAX, data), 8)
}

/// The table of a reflected polynomial.
#[expect(clippy::indexing_slicing, reason = "a loop over the table itself")]
const fn table(polynomial: u64) -> [u64; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u64;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ polynomial } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

fn crc(table: &[u64; 256], ones: u64, data: &[u8]) -> u64 {
    let step = |value: u64, byte: &u8| {
        let index = usize::from(value.to_le_bytes()[0] ^ byte);
        table.get(index).copied().unwrap_or_default() ^ (value >> 8)
    };
    data.iter().fold(ones, step) ^ ones
}

/// The last bytes, in network order.
fn low(value: u64, count: usize) -> Vec<u8> {
    value.to_be_bytes().into_iter().skip(8 - count).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// The catalogue's check values, all of `123456789`.
    #[test]
    fn check_values() {
        let data = b"123456789";
        assert_eq!(crc32(data), 0xcbf4_3926_u32.to_be_bytes());
        assert_eq!(crc32c(data), 0xe306_9283_u32.to_be_bytes());
        assert_eq!(crc64nvme(data), 0xae8b_1486_0a79_9888_u64.to_be_bytes());
        assert_eq!(Checksum::of("CRC32", data).unwrap().value, "y/Q5Jg==");
        assert_eq!(Checksum::of("SHA1", data), None);
    }
}
