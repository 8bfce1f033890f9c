//! Certificates, read: enough of X.509 (<https://www.rfc-editor.org/rfc/rfc5280#section-4.1>) to tell what describes
//! show of imported ones. Nothing is verified.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct X509 {
    /// Hexadecimal bytes with colons between.
    pub(crate) serial: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// The subject's common name.
    pub(crate) common_name: Option<String>,
    /// DNS names among the alternative names.
    pub(crate) names: Vec<String>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// `RSA_2048`, `EC_prime256v1`, .. as Certificate Manager names them.
    pub(crate) key_algorithm: String,
    /// `SHA256WITHRSA`, ..
    pub(crate) signature_algorithm: String,
    /// What tells its key from others: an RSA key's modulus, a curve's point.
    pub(crate) public_key: Vec<u8>,
}

/// What PEM calls private keys that aren't encrypted: PKCS #8, PKCS #1 and SEC 1.
pub(crate) const KEYS: [&str; 3] = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];

/// The bytes of the PEM blocks of that label (<https://www.rfc-editor.org/rfc/rfc7468>); none if a block is broken.
pub(crate) fn pem(text: &str, label: &str) -> Option<Vec<Vec<u8>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(&begin) {
        let (body, after) = after.split_once(&end)?;
        let body: String = body.chars().filter(|character| !character.is_whitespace()).collect();
        blocks.push(BASE64_STANDARD.decode(body).ok().filter(|bytes| !bytes.is_empty())?);
        rest = after;
    }
    Some(blocks)
}

/// Reads a certificate in DER.
pub(crate) fn read(der: &[u8]) -> Option<X509> {
    let (_, certificate, _) = element(der)?;
    let (_, mut fields, _) = element(certificate)?;
    let (tag, _, after) = element(fields)?;
    // The version is tagged, and may be missing.
    if tag == 0xa0 {
        fields = after;
    }
    let (_, serial, fields) = element(fields)?;
    let (_, signature, fields) = element(fields)?;
    let (_, issuer, fields) = element(fields)?;
    let (_, validity, fields) = element(fields)?;
    let (_, subject, fields) = element(fields)?;
    let (_, key, extensions) = element(fields)?;
    let (first, before, rest) = element(validity)?;
    let (second, after, _) = element(rest)?;
    let (_, signature, _) = element(signature)?;
    let serial: Vec<_> = serial.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(X509 {
        serial: serial.join(":"),
        issuer: name(issuer),
        subject: name(subject),
        common_name: attributes(subject).into_iter().find(|(kind, _)| kind == "CN").map(|(_, value)| value),
        names: alternative_names(extensions).unwrap_or_default(),
        not_before: time(first, before)?,
        not_after: time(second, after)?,
        key_algorithm: key_algorithm(key).unwrap_or_else(|| "RSA_2048".to_owned()),
        signature_algorithm: signature_algorithm(signature).to_owned(),
        public_key: public_key(key)?,
    })
}

/// What tells a private key's public half from others, as [`X509::public_key`] has it; out of PKCS #8
/// (<https://www.rfc-editor.org/rfc/rfc5958>), PKCS #1 (<https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2>) or SEC 1
/// (<https://www.rfc-editor.org/rfc/rfc5915>). Empty for a curve's key that doesn't tell its point.
pub(crate) fn public_half(der: &[u8]) -> Option<Vec<u8>> {
    let (_, key, _) = element(der)?;
    let fields = elements(key);
    match fields.as_slice() {
        // Version, algorithm, and the key proper in an octet string.
        [(0x02, _), (0x30, _), (0x04, inner), ..] => public_half(inner),
        // Version, modulus, ..
        [(0x02, _), (0x02, modulus), ..] => Some(modulus.to_vec()),
        // Version, private key, and the point under a tag of its own.
        [(0x02, _), (0x04, _), rest @ ..] => {
            let Some((_, point)) = rest.iter().find(|(tag, _)| *tag == 0xa1) else { return Some(Vec::new()) };
            let (_, bits, _) = element(point)?;
            Some(bits.get(1..)?.to_vec())
        }
        _ => None,
    }
}

/// What tells a public key from others.
fn public_key(key: &[u8]) -> Option<Vec<u8>> {
    let (_, algorithm, rest) = element(key)?;
    let (_, kind, _) = element(algorithm)?;
    // A bit string, whose first byte counts unused bits.
    let (_, bits, _) = element(rest)?;
    let key = bits.get(1..)?;
    if kind == EC {
        return Some(key.to_vec());
    }
    let (_, numbers, _) = element(key)?;
    let (_, modulus, _) = element(numbers)?;
    Some(modulus.to_vec())
}

/// The object identifier of keys on curves.
const EC: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// The first element of DER: its tag, its content, and what comes after it (<https://www.itu.int/rec/T-REC-X.690>).
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let digits = rest.get(..usize::from(first & 0x7f)).filter(|digits| digits.len() <= 4)?;
        rest = rest.get(digits.len()..)?;
        length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
    }
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}

/// The elements of a constructed one, with their tags.
fn elements(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut elements = Vec::new();
    while let Some((tag, content, rest)) = element(bytes) {
        elements.push((tag, content));
        bytes = rest;
    }
    elements
}

fn time(tag: u8, time: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(time).ok()?;
    // UTCTime has two digits of the year: from 50 on they are of the last century.
    let text = match tag {
        0x17 if text.get(..2)?.parse::<u8>().ok()? >= 50 => format!("19{text}"),
        0x17 => format!("20{text}"),
        _ => text.to_owned(),
    };
    let part = |from: usize, to: usize| text.get(from..to);
    let (date, clock) = ((part(0, 4)?, part(4, 6)?, part(6, 8)?), (part(8, 10)?, part(10, 12)?, part(12, 14)?));
    format!("{}-{}-{}T{}:{}:{}Z", date.0, date.1, date.2, clock.0, clock.1, clock.2).parse().ok()
}

/// The attributes of a distinguished name, by their short names.
fn attributes(name: &[u8]) -> Vec<(String, String)> {
    let sets = elements(name).into_iter().flat_map(|(_, set)| elements(set));
    sets.filter_map(|(_, attribute)| {
        let (_, kind, rest) = element(attribute)?;
        let (_, value, _) = element(rest)?;
        let kind = match kind {
            [0x55, 0x04, 0x03] => "CN",
            [0x55, 0x04, 0x06] => "C",
            [0x55, 0x04, 0x07] => "L",
            [0x55, 0x04, 0x08] => "ST",
            [0x55, 0x04, 0x0a] => "O",
            [0x55, 0x04, 0x0b] => "OU",
            _ => return None,
        };
        Some((kind.to_owned(), String::from_utf8_lossy(value).into_owned()))
    })
    .collect()
}

fn name(name: &[u8]) -> String {
    let parts: Vec<_> = attributes(name).into_iter().map(|(kind, value)| format!("{kind}={value}")).collect();
    parts.join(",")
}

/// The DNS names of the extension for alternative names.
fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    let (_, list) = elements(extensions).into_iter().find(|(tag, _)| *tag == 0xa3)?;
    let (_, list, _) = element(list)?;
    let extension = elements(list)
        .into_iter()
        .find(|(_, extension)| element(extension).is_some_and(|(_, kind, _)| kind == [0x55, 0x1d, 0x11]))?;
    // The last element is the value: an octet string that holds the list.
    let (_, value) = elements(extension.1).into_iter().next_back()?;
    let (_, names, _) = element(value)?;
    let dns = elements(names).into_iter().filter(|(tag, _)| *tag == 0x82);
    Some(dns.map(|(_, name)| String::from_utf8_lossy(name).into_owned()).collect())
}

fn key_algorithm(key: &[u8]) -> Option<String> {
    let (_, algorithm, _) = element(key)?;
    let (_, kind, parameters) = element(algorithm)?;
    if kind == EC {
        let (_, curve, _) = element(parameters)?;
        let curve = match curve {
            [0x2b, 0x81, 0x04, 0x00, 0x22] => "EC_secp384r1",
            [0x2b, 0x81, 0x04, 0x00, 0x23] => "EC_secp521r1",
            _ => "EC_prime256v1",
        };
        return Some(curve.to_owned());
    }
    let modulus = public_key(key)?;
    let bytes = modulus.iter().skip_while(|byte| **byte == 0).count();
    let size = match bytes * 8 {
        0..=1024 => "RSA_1024",
        1025..=2048 => "RSA_2048",
        2049..=3072 => "RSA_3072",
        _ => "RSA_4096",
    };
    Some(size.to_owned())
}

fn signature_algorithm(kind: &[u8]) -> &'static str {
    match kind {
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02] => "SHA256WITHECDSA",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03] => "SHA384WITHECDSA",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04] => "SHA512WITHECDSA",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05] => "SHA1WITHRSA",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c] => "SHA384WITHRSA",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d] => "SHA512WITHRSA",
        _ => "SHA256WITHRSA",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::{pem, public_half, read};

    /// Self-signed for two names, valid for a century.
    pub(crate) const GOOD: &str = "-----BEGIN CERTIFICATE-----
MIIBdzCCAR6gAwIBAgIFAQIDBAUwCgYIKoZIzj0EAwIwLDEYMBYGA1UEAwwPd3d3
LmV4YW1wbGUuY29tMRAwDgYDVQQKDAdFeGFtcGxlMCAXDTI1MDEwMTAwMDAwMFoY
DzIxMjUwMTAxMDAwMDAwWjAsMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5jb20xEDAO
BgNVBAoMB0V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASK/mKSHH/b
7UoqvIil8ekv70lq+WKy+VsT4FWlozxJIiUi31b9guDMRwRasH+0Xp0QFmeGawmZ
xg7VFf7KDUk1oyswKTAnBgNVHREEIDAegg93d3cuZXhhbXBsZS5jb22CC2V4YW1w
bGUuY29tMAoGCCqGSM49BAMCA0cAMEQCIF9dd29jWfl+b8UOfys/BgZwGKOyurjA
bx8ubj1we0eHAiAGQS3/E5IH6ST7ITpnPYoTmmB/SDtifhs4AotAxsVp3A==
-----END CERTIFICATE-----
";

    /// As before, out of date.
    pub(crate) const EXPIRED: &str = "-----BEGIN CERTIFICATE-----
MIIBdTCCARygAwIBAgIFAQIDBAUwCgYIKoZIzj0EAwIwLDEYMBYGA1UEAwwPd3d3
LmV4YW1wbGUuY29tMRAwDgYDVQQKDAdFeGFtcGxlMB4XDTIwMDEwMTAwMDAwMFoX
DTIxMDEwMTAwMDAwMFowLDEYMBYGA1UEAwwPd3d3LmV4YW1wbGUuY29tMRAwDgYD
VQQKDAdFeGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiv5ikhx/2+1K
KryIpfHpL+9JavlisvlbE+BVpaM8SSIlIt9W/YLgzEcEWrB/tF6dEBZnhmsJmcYO
1RX+yg1JNaMrMCkwJwYDVR0RBCAwHoIPd3d3LmV4YW1wbGUuY29tggtleGFtcGxl
LmNvbTAKBggqhkjOPQQDAgNHADBEAiBVLf7JL8w/zespjwvtvP1hKfBN9QN0Un5J
qzYXTUUJnwIgbjJW1lFrkEYFUykopexheq9iNmVcrp14oEw5dnVCrS0=
-----END CERTIFICATE-----
";

    /// The key of both.
    pub(crate) fn key() -> String {
        let body = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgs1Gudmo/PZS8XEHHKrr4AyRG0umZfRGIcX3yEuEEE7mhRANC\
                    AASK/mKSHH/b7UoqvIil8ekv70lq+WKy+VsT4FWlozxJIiUi31b9guDMRwRasH+0Xp0QFmeGawmZxg7VFf7KDUk1";
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n", label = "PRIVATE KEY")
    }

    #[test]
    fn a_key_fits_its_certificate() {
        let certificate = read(&pem(GOOD, "CERTIFICATE").unwrap()[0]).unwrap();
        let half = public_half(&pem(&key(), "PRIVATE KEY").unwrap()[0]).unwrap();
        assert_eq!(half.len(), 65);
        assert_eq!(half, certificate.public_key);
        assert_eq!(public_half(&[0, 0, 0]), None);
    }

    #[test]
    fn a_certificate_is_read() {
        let der = pem(GOOD, "CERTIFICATE").unwrap().remove(0);
        let read = read(&der).unwrap();
        assert_eq!(read.serial, "01:02:03:04:05");
        assert_eq!(read.subject, "CN=www.example.com,O=Example");
        assert_eq!(read.issuer, read.subject);
        assert_eq!(read.common_name.as_deref(), Some("www.example.com"));
        assert_eq!(read.names, ["www.example.com", "example.com"]);
        assert_eq!(read.not_before.to_string(), "2025-01-01T00:00:00Z");
        assert_eq!(read.not_after.to_string(), "2125-01-01T00:00:00Z");
        assert_eq!(read.key_algorithm, "EC_prime256v1");
        assert_eq!(read.signature_algorithm, "SHA256WITHECDSA");
    }

    #[test]
    fn broken_ones_are_not() {
        let der = pem(GOOD, "CERTIFICATE").unwrap().remove(0);
        for end in 0..der.len() {
            assert!(end == der.len() || read(&der[..end]).is_none(), "{end}");
        }
        for at in 0..der.len() {
            let mut bent = der.clone();
            bent[at] = bent[at].wrapping_add(0x81);
            // Whatever it says now, reading it ends.
            drop(read(&bent));
        }
        assert_eq!(pem("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----", "CERTIFICATE"), None);
        assert_eq!(pem("-----BEGIN CERTIFICATE-----\nAAAA", "CERTIFICATE"), None);
        assert_eq!(pem("", "CERTIFICATE"), Some(Vec::new()));
    }
}
