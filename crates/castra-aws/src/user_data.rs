//! What a machine is told at its first boot.

use std::fmt;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use castra_core::spec::SshPublicKey;
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The script that a machine runs at its first boot, packed for EC2: gzip, which cloud-init unpacks by itself, then
/// base64.
///
/// It serialises as a short digest of the script: plans stay readable, and the digest of a live machine's user data
/// compares with it. `Debug` prints size and digest and nothing of the script.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct UserData {
    digest: String,
    packed: Vec<u8>,
}

/// A script is larger than EC2 takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge {
    /// Its size after gzip, in bytes.
    pub(crate) size: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the user data is {} bytes after gzip; EC2 takes {}", self.size, UserData::LIMIT)
    }
}

impl std::error::Error for TooLarge {}

impl UserData {
    /// The most bytes that EC2 takes, before base64.
    ///
    /// Source: Amazon EC2 User Guide, "Run commands when you launch an EC2 instance with user data input": "User
    /// data is limited to 16 KB, in raw form, before it is base64-encoded."
    pub(crate) const LIMIT: usize = 16 * 1024;

    /// Packs a script, the same script always to the same bytes.
    ///
    /// # Errors
    /// [`TooLarge`] when it is over [`UserData::LIMIT`] after gzip.
    pub(crate) fn new(script: &str) -> Result<Self, TooLarge> {
        let packed = gzip(script.as_bytes());
        if packed.len() > Self::LIMIT {
            return Err(TooLarge { size: packed.len() });
        }
        Ok(Self { digest: digest(script.as_bytes()), packed })
    }

    /// First boot of a node without an application: HTTPS with a self-signed certificate on these ports, answering
    /// 200 on the health path; and the SSH keys for the image's default user. It uses what Amazon Linux 2023 has by
    /// itself: Python, OpenSSL and systemd.
    ///
    /// # Errors
    /// [`TooLarge`], with very many SSH keys.
    pub(crate) fn stub(ports: &[u16], health_path: &str, ssh_keys: &[SshPublicKey]) -> Result<Self, TooLarge> {
        Self::new(&stub(ports, health_path, ssh_keys))
    }

    /// The digest of the script by which plans show and compare it.
    #[cfg(test)]
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// As EC2 wants it.
    pub(crate) fn encoded(&self) -> String {
        STANDARD.encode(&self.packed)
    }

    /// The digest of live user data, whoever packed it; none when it isn't base64.
    pub(crate) fn digest_of(encoded: &str) -> Option<String> {
        let raw = STANDARD.decode(encoded.trim()).ok()?;
        let mut script = Vec::new();
        // More than any script of ours unpacks to: gzip makes at most about a thousandth of what it is given.
        let unpacked = GzDecoder::new(raw.as_slice()).take(64 << 20).read_to_end(&mut script).is_ok();
        Some(digest(if unpacked { &script } else { &raw }))
    }
}

impl fmt::Debug for UserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserData({} bytes, {})", self.packed.len(), self.digest)
    }
}

impl Serialize for UserData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digest)
    }
}

/// Reads the digest alone. That is enough for a change of other fields to be undone; nothing is ever started with it.
impl<'de> Deserialize<'de> for UserData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { digest: String::deserialize(deserializer)?, packed: Vec::new() })
    }
}

/// The beginning of the script's SHA-256, enough to tell scripts apart and short enough to read.
fn digest(script: &[u8]) -> String {
    let mut digest = castra_core::plan::digest(&String::from_utf8_lossy(script));
    digest.truncate(16);
    format!("sha256:{digest}")
}

/// No time and no system in the header, so that it depends on the content alone.
fn gzip(script: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    // Writing to memory doesn't fail; if it did, the script as it is would be just as good to cloud-init.
    encoder.write_all(script).and_then(|()| encoder.finish()).unwrap_or_else(|_| script.to_vec())
}

fn stub(ports: &[u16], health_path: &str, ssh_keys: &[SshPublicKey]) -> String {
    let keys: Vec<&str> = ssh_keys.iter().map(SshPublicKey::as_str).collect();
    castra_bootstrap::stub(ports, health_path) + &castra_bootstrap::authorized_keys(&keys)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    fn key() -> SshPublicKey {
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO4eGZpy7jXVyL8cYFQv8eXt8xZcQ5MFyQ3bM2vYQZ0k me@here".parse().unwrap()
    }

    /// Text that gzip can't shorten much: hexadecimal digests, one after the other.
    fn noise(length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            text.push_str(&castra_core::plan::digest(&text));
        }
        text.truncate(length);
        text
    }

    #[test]
    fn the_same_script_packs_to_the_same_bytes() {
        let packed = UserData::stub(&[443], "/_health_check", &[]).unwrap();
        assert_eq!(packed, UserData::stub(&[443], "/_health_check", &[]).unwrap());
        assert_eq!(packed.packed[..4], [0x1f, 0x8b, 8, 0], "gzip, deflate, no optional fields");
        assert_eq!(packed.packed[4..8], [0; 4], "no time");
    }

    #[test]
    fn live_user_data_compares_whoever_packed_it() {
        let script = "#!/bin/sh\necho hello\n";
        let ours = UserData::new(script).unwrap();
        let hello = UserData::new("#!/bin/sh\necho hello\n").unwrap();
        assert_eq!(serde_json::to_value(&hello).unwrap(), "sha256:bfdeaeb08cffb6a3");
        assert_eq!(UserData::digest_of(&ours.encoded()).as_deref(), Some(ours.digest()));
        assert_eq!(UserData::digest_of(&STANDARD.encode(script)).as_deref(), Some(ours.digest()));
        assert_ne!(UserData::digest_of(&STANDARD.encode("#!/bin/sh\n")).as_deref(), Some(ours.digest()));
        assert_eq!(UserData::digest_of("***"), None);
    }

    #[test]
    fn sixteen_kibibytes_after_gzip_is_the_limit() {
        let large = noise(64 * 1024);
        let size = UserData::new(&large).unwrap_err().size;
        assert!(size > UserData::LIMIT, "{size}");
        // Far over the limit before gzip, under it after.
        assert!(UserData::new(&"echo hello\n".repeat(10_000)).unwrap().packed.len() < 1024);
        assert!(UserData::new(&noise(UserData::LIMIT)).is_ok());
    }

    #[test]
    fn debug_and_plans_show_nothing_of_the_script() {
        let data = UserData::new("echo the-content").unwrap();
        let shown = format!("{data:?} {}", serde_json::to_string(&data).unwrap());
        assert!(!shown.contains("the-content") && shown.contains(data.digest()), "{shown}");
    }

    #[test]
    fn the_stub_lets_the_keys_in() {
        let script = stub(&[6443, 443], "/_health_check", &[key()]);
        assert!(script.starts_with("#!/bin/bash\n") && script.contains("PORTS = [443,6443]\n"));
        assert!(script.contains(key().as_str()));
        assert!(!stub(&[443], "/", &[]).contains("authorized_keys"));
        assert!(UserData::new(&script).unwrap().packed.len() < 2048);
    }
}
