//! The contract's patterns, which are Java's regular expressions and meant for the whole text.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use regex::{Regex, RegexBuilder};

/// A pattern may not need more memory than this.
const SIZE: usize = 2 << 20;

/// Patterns that look ahead, and what they come to without: a domain name's labels don't start with a hyphen.
const EQUIVALENTS: [(&str, &str); 1] = [(
    r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])",
    r"(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]",
)];

/// Compiled once for the whole process; there are as many as the contracts have.
static COMPILED: LazyLock<Mutex<HashMap<String, Option<Arc<Regex>>>>> = LazyLock::new(Mutex::default);

/// Whether the whole text matches. A pattern that can't be compiled here (Java has looking around and
/// back-references) demands nothing.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let compiled = {
        let mut all = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get(pattern) {
            Some(compiled) => compiled.clone(),
            None => {
                let compiled = compile(pattern).map(Arc::new);
                all.insert(pattern.to_owned(), compiled.clone());
                compiled
            }
        }
    };
    compiled.is_none_or(|regex| regex.is_match(text))
}

/// The pattern in this language's syntax, anchored; none if it has no equivalent.
pub(crate) fn compile(pattern: &str) -> Option<Regex> {
    let equivalent = EQUIVALENTS.iter().find(|(java, _)| *java == pattern);
    let pattern = equivalent.map_or(pattern, |(_, pattern)| pattern);
    RegexBuilder::new(&format!(r"\A(?:{})\z", translated(pattern))).size_limit(SIZE).build().ok()
}

/// Java's `\w`, `\d` and `\s` are ASCII, and it writes characters beyond 16 bits as two
/// (<https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html>).
fn translated(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        translated.push_str(before);
        let mut characters = escape.chars();
        characters.next();
        let Some(kind) = characters.next() else {
            rest = escape;
            break;
        };
        rest = characters.as_str();
        match kind {
            'w' => translated.push_str("[A-Za-z0-9_]"),
            'W' => translated.push_str("[^A-Za-z0-9_]"),
            'd' => translated.push_str("[0-9]"),
            'D' => translated.push_str("[^0-9]"),
            's' => translated.push_str(r"[ \t\n\x0B\x0C\r]"),
            'S' => translated.push_str(r"[^ \t\n\x0B\x0C\r]"),
            'u' => {
                if let Some((character, after)) = pair(rest) {
                    translated.push_str(&format!(r"\x{{{character:X}}}"));
                    rest = after;
                } else {
                    translated.push_str(r"\u");
                }
            }
            // Escaping a slash or a quote is allowed there and not here.
            other if other.is_ascii_punctuation() => translated.push_str(&regex::escape(&other.to_string())),
            other => translated.extend(['\\', other]),
        }
    }
    translated.push_str(rest);
    translated
}

/// A surrogate pair, `D800\uDC00`, and what follows it.
fn pair(text: &str) -> Option<(u32, &str)> {
    let unit = |digits: &str| u32::from_str_radix(digits, 16).ok();
    let high = unit(text.get(..4)?).filter(|unit| (0xD800..0xDC00).contains(unit))?;
    let after = text.get(4..)?.strip_prefix(r"\u")?;
    let low = unit(after.get(..4)?).filter(|unit| (0xDC00..0xE000).contains(unit))?;
    Some((0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00), after.get(4..)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn java() {
        assert!(matches(r"[\w+=,.@-]+", "a_1+=,.@-"));
        assert!(!matches(r"[\w+=,.@-]+", "é"));
        assert!(!matches(r"[\w+=,.@-]+", "a b"));
        assert!(matches(r"^a/b$", "a/b"));
        assert!(matches(r"^[a-z\/]+$", "a/b"));
        assert!(matches(r"role\/[\w-\/.@+=,]{1,20}", "role/a-b"));
        assert!(matches(r"[\s\S]*\S[\s\S]*", " é"));
        assert!(!matches(r"[\s\S]*\S[\s\S]*", " \n"));
        let text = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*";
        assert!(matches(text, "a😀\n"));
        assert!(!matches(text, "\u{1}"));
        assert!(matches(r"\p{ASCII}+", "abc"));
        assert!(!matches(r"\p{ASCII}+", "é"));
        let domain = EQUIVALENTS[0].0;
        assert!(["a.bc", "*.a-b.example.com"].iter().all(|name| matches(domain, name)));
        assert!(["a", "a.b", "-a.bc", "a-.bc", "a..bc", "*.*.bc"].iter().all(|name| !matches(domain, name)));
    }

    #[test]
    fn no_equivalent() {
        assert!(compile(r"(?!a)b").is_none());
        assert!(matches(r"(?!a)b", "a"));
    }

    /// All that the contracts have and this language hasn't; they demand nothing.
    #[test]
    fn contracts() {
        let mut without: Vec<&str> = Vec::new();
        for served in crate::aws::contracts::all() {
            let shapes = served.contract.shapes.values();
            without.extend(shapes.filter_map(|shape| shape.pattern.as_deref()).filter(|text| compile(text).is_none()));
        }
        without.sort_unstable();
        without.dedup();
        // Names without two hyphens in a row.
        assert_eq!(without, ["^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"]);
    }
}
