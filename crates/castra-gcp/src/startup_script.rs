//! What a machine runs when it boots.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The script that a machine runs at each boot, in its metadata (`startup-script`), where the guest environment of
/// Google's images looks for it.
///
/// It serialises as a short digest: plans stay readable, and the digest of a live machine's script compares with it.
/// `Debug` prints size and digest and nothing of the script.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StartupScript {
    digest: String,
    text: String,
}

/// A script is larger than Compute Engine takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge {
    /// Its size in bytes.
    pub(crate) size: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the startup script has {} bytes; Compute Engine takes {}", self.size, StartupScript::LIMIT)
    }
}

impl std::error::Error for TooLarge {}

impl StartupScript {
    /// The most bytes that a value of metadata may have.
    ///
    /// Source: Compute Engine documentation, "Set custom metadata", limitations: 256 KB for each value.
    pub(crate) const LIMIT: usize = 256 * 1024;

    /// A script.
    ///
    /// # Errors
    /// [`TooLarge`] when it is over [`StartupScript::LIMIT`].
    pub(crate) fn new(script: impl Into<String>) -> Result<Self, TooLarge> {
        let text = script.into();
        if text.len() > Self::LIMIT {
            return Err(TooLarge { size: text.len() });
        }
        Ok(Self::live(text))
    }

    /// The script that something has: Compute Engine has taken it.
    pub(crate) fn live(script: impl Into<String>) -> Self {
        let text = script.into();
        Self { digest: Self::digest_of(&text), text }
    }

    /// What a node without an application runs: HTTPS with a self-signed certificate on these ports, answering 200 on
    /// the health path. It may run at each boot.
    ///
    /// # Errors
    /// [`TooLarge`], which it never is.
    pub(crate) fn stub(ports: &[u16], health_path: &str) -> Result<Self, TooLarge> {
        Self::new(castra_bootstrap::stub(ports, health_path))
    }

    /// The script itself.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The digest of a live script: the beginning of its SHA-256, enough to tell scripts apart and short enough to read.
    pub(crate) fn digest_of(script: &str) -> String {
        let mut digest = castra_core::plan::digest(script);
        digest.truncate(16);
        format!("sha256:{digest}")
    }
}

impl fmt::Debug for StartupScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StartupScript({} bytes, {})", self.text.len(), self.digest)
    }
}

impl Serialize for StartupScript {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digest)
    }
}

/// Reads the digest alone. That is enough for a change of other fields to be undone; nothing is ever started with it.
impl<'de> Deserialize<'de> for StartupScript {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { digest: String::deserialize(deserializer)?, text: String::new() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn debug_and_plans_show_nothing_of_the_script() {
        let script = StartupScript::new("echo the-content").unwrap();
        let shown = format!("{script:?} {}", serde_json::to_string(&script).unwrap());
        assert!(!shown.contains("the-content") && shown.contains(&script.digest), "{shown}");
        assert_eq!(StartupScript::digest_of("echo the-content"), script.digest);
        let hello = StartupScript::new("#!/bin/sh\necho hello\n").unwrap();
        assert_eq!(serde_json::to_value(&hello).unwrap(), "sha256:bfdeaeb08cffb6a3");
    }

    #[test]
    fn a_script_may_be_as_large_as_a_value_of_metadata() {
        assert!(StartupScript::new("x".repeat(StartupScript::LIMIT)).is_ok());
        assert_eq!(StartupScript::new("x".repeat(StartupScript::LIMIT + 1)), Err(TooLarge { size: 262_145 }));
    }

    #[test]
    fn the_stub_serves_what_it_is_told() {
        let script = StartupScript::stub(&[6443, 443], "/_health_check").unwrap();
        assert!(
            script.text().contains("PORTS = [443,6443]\n") && script.text().contains("HEALTH = \"/_health_check\"\n")
        );
        assert_ne!(script, StartupScript::stub(&[443], "/_health_check").unwrap());
    }
}
