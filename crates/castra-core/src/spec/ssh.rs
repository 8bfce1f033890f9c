//! SSH public keys.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use super::field::text_type;
use super::sensitive::shown;

/// An SSH public key in the form of one line of `authorized_keys`: algorithm, key and an optional comment.
///
/// A private key is refused, and never repeated in a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SshPublicKey(String);

/// The algorithms that current OpenSSH accepts; DSA keys are no longer among them.
const ALGORITHMS: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

const REMEDY: &str = "write the line of the .pub file, such as \"ssh-ed25519 AAAA... name\"";

impl SshPublicKey {
    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Algorithm and key without the comment: what makes two keys the same.
    pub(super) fn identity(&self) -> Option<(&str, &str)> {
        let mut words = self.0.split(' ');
        Some((words.next()?, words.next()?))
    }
}

impl FromStr for SshPublicKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.contains("PRIVATE KEY") || text.contains("-----BEGIN") {
            return Err(Invalid::new(
                "this is a private key or a certificate (not shown)",
                format!("never write a private key into a file like this; {REMEDY}"),
            ));
        }
        let line = text.trim();
        if line.contains(['\n', '\r']) {
            return Err(Invalid::new("this is more than one line", REMEDY));
        }
        let mut words = line.split_whitespace();
        let algorithm = words.next().unwrap_or_default();
        if !ALGORITHMS.contains(&algorithm) {
            return Err(Invalid::new(
                format!("{} isn't a kind of SSH public key", shown(algorithm)),
                format!("use one of {}; {REMEDY}", ALGORITHMS.join(", ")),
            ));
        }
        let Some(key) = words.next().filter(|key| names(key, algorithm)) else {
            return Err(Invalid::new(format!("what follows {algorithm} isn't a key of that kind"), REMEDY));
        };
        let comment: Vec<&str> = words.collect();
        let line = [algorithm, key].into_iter().chain(comment).collect::<Vec<_>>().join(" ");
        Ok(Self(line))
    }
}

/// Whether a key in base64 begins with the algorithm's name, as every one does (RFC 4253, section 6.6), and has
/// something after it.
fn names(key: &str, algorithm: &str) -> bool {
    let Some(bytes) = decode(key) else { return false };
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let length = u32::from_be_bytes(*length) as usize;
    length == algorithm.len() && rest.len() > length && rest.starts_with(algorithm.as_bytes())
}

/// Base64 by RFC 4648, section 4, with its padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    let data = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - data.len() > 2 {
        return None;
    }
    let (mut bytes, mut bits, mut pending) = (Vec::new(), 0u32, 0u32);
    for c in data.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        pending = (pending << 6 | u32::from(value)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((pending >> bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

impl fmt::Display for SshPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(SshPublicKey, "an SSH public key", {
    "type": "string",
    "description": "An SSH public key: algorithm, key and an optional comment. Never a private key.",
    "pattern": "^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+=*( .*)?$",
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ops@example.com";

    #[test]
    fn decodes_base64() {
        for (text, bytes) in [("", &b""[..]), ("Zg==", b"f"), ("Zm8=", b"fo"), ("Zm9v", b"foo"), ("Zm9vYmE=", b"fooba")]
        {
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text}");
        }
        assert_eq!((decode("Zm9"), decode("Zm9*"), decode("Z===")), (None, None, None));
    }

    #[test]
    fn public_keys_are_taken_and_spaces_settled() {
        let key: SshPublicKey = format!("  {}\n", KEY.replacen(' ', "   ", 1)).parse().unwrap();
        assert_eq!(key.as_str(), KEY);
    }

    #[test]
    fn others_are_refused() {
        for (text, fragment) in [
            ("", "isn't a kind"),
            ("ssh-dss AAAAB3NzaC1kc3M=", "isn't a kind"),
            ("ssh-ed25519", "isn't a key of that kind"),
            ("ssh-ed25519 AAAA", "isn't a key of that kind"),
            (
                "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
                "isn't a key of that kind",
            ),
            ("ssh-ed25519 not*base64", "isn't a key of that kind"),
            ("ssh-ed25519 AAAA\nssh-ed25519 AAAA", "more than one line"),
        ] {
            let error = text.parse::<SshPublicKey>().unwrap_err();
            assert!(error.message.contains(fragment), "{text}: {error}");
        }
    }

    #[test]
    fn a_private_key_is_not_repeated() {
        let text = "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----";
        let error = text.parse::<SshPublicKey>().unwrap_err().to_string();
        assert!(error.contains("private key") && !error.contains("hunter2"), "{error}");
    }
}
