//! What could be a secret, and how values are shown without one.

use super::Invalid;

/// How many characters of a value a message repeats.
const SHOWN: usize = 80;

/// The last word of keys whose value is a secret.
const SECRET_WORDS: [&str; 18] = [
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secrets",
    "token",
    "tokens",
    "credential",
    "credentials",
    "license",
    "licence",
    "apikey",
    "privatekey",
    "secretkey",
    "accesskey",
    "bearer",
];

/// Words that make a `..._key` harmless: what is public, or the name of a key that the cloud keeps.
const HARMLESS_KEYS: [&str; 3] = ["public", "kms", "partition"];

/// Whether a key's name says that its value is a secret: `db_password`, `license`, `encryptionKey`.
///
/// The last word decides, so that `license_path` and `token_ttl` are no secrets; `..._key` is one unless the word
/// before says otherwise.
pub(super) fn is_sensitive(key: &str) -> bool {
    let words = words(key);
    let mut from_last = words.iter().rev().map(String::as_str);
    match (from_last.next(), from_last.next()) {
        (Some("key" | "keys"), Some(before)) => !HARMLESS_KEYS.contains(&before),
        (Some(last), _) => SECRET_WORDS.contains(&last),
        (None, _) => false,
    }
}

/// The words of a key in lower case, apart by `_`, `-`, `.`, spaces, or a capital within.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in key.chars() {
        let apart = matches!(c, '_' | '-' | '.' | ' ' | ':' | '/');
        if apart || (c.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if let (false, Some(word)) = (apart, words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a text is a secret by the look of it, whatever its key: a private key, or an address with a password.
pub(super) fn looks_secret(text: &str) -> bool {
    (text.contains("-----BEGIN") && text.contains("PRIVATE KEY")) || has_password(text)
}

/// Whether an address such as `postgres://user:password@host` has a password.
fn has_password(text: &str) -> bool {
    text.split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next()?.rsplit_once('@'))
        .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()))
}

/// A value as messages repeat it: in quotes, cut to a line, and not at all if it looks like a secret.
pub(super) fn shown(text: &str) -> String {
    if looks_secret(text) {
        return "the value (not shown)".to_owned();
    }
    if text.chars().count() <= SHOWN {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start:?}...")
}

/// Whether a text could be a name or address of something kept elsewhere: no spaces, line ends, quotes or password.
pub(super) fn is_reference(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/_+=.@:%!-".contains(c);
    !text.is_empty() && text.len() <= 512 && text.chars().all(allowed) && !looks_secret(text)
}

/// The refusal of a secret written into the file.
pub(super) fn inline_secret() -> Invalid {
    Invalid::new(
        "a secret is written here (not shown)",
        "keep it in the cloud's secret store and write { secret = \"its-name\" } instead, and change it if the file \
         was shared",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn keys_of_secrets() {
        for key in [
            "password",
            "db_password",
            "encryption-password",
            "encryption_key",
            "apiKey",
            "cloud_secret_access_key",
            "license",
            "TOKEN",
            "iactToken",
            "smtp.credentials",
        ] {
            assert!(is_sensitive(key), "{key}");
        }
        for key in [
            "license_path",
            "token_ttl",
            "public_key",
            "kms_key",
            "key",
            "monkey",
            "password_length",
            "team",
            "",
            "ssh_public_keys",
        ] {
            assert!(!is_sensitive(key), "{key}");
        }
    }

    #[test]
    fn texts_of_secrets() {
        for text in [
            "-----BEGIN OPENSSH PRIVATE KEY-----\nxyz",
            "postgres://app:hunter2@db.internal/app",
            "https://:hunter2@example.com",
        ] {
            assert!(looks_secret(text) && !shown(text).contains("hunter2") && !is_reference(text), "{text}");
        }
        for text in ["https://example.com/a:b@c", "a:b:c:eu-central-1:1:certificate/a", "user@host"] {
            assert!(!looks_secret(text), "{text}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert!(shown(&"x".repeat(500)).len() < 100);
    }
}
