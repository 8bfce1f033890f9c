//! Rules about one file's text.

/// The one seam: where SDK requests are sent, and nowhere else.
const SEAMS: &[&str] = &["crates/castra-aws/src/call.rs", "crates/castra-gcp/src/call.rs"];

/// The sources that know no cloud, but for the places where journals can be.
const CLOUDLESS: &[&str] = &["crates/castra-core/", "crates/castra-engine/src/"];
const JOURNALS: &str = "crates/castra-engine/src/store/";

/// The words of clouds.
const CLOUDS: &[&str] = &["amazon", "aws", "azure", "ec2", "gcp", "google"];

/// The most lines of a source file. Most have under 300.
const LONGEST: usize = 500;

/// Module names that say nothing, so that anything ends up in them.
const NAMELESS: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc"];

/// Files whose text we keep.
const KEPT: &[&str] = &["rs", "toml", "md", "py", "sh", "yml", "yaml"];

/// What is wrong with a file, each starting with `: ` or `:LINE: `.
pub(super) fn breaches(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (stem, extension) = name.rsplit('/').next().unwrap_or(name).rsplit_once('.').unwrap_or((name, ""));
    if KEPT.contains(&extension) || name == ".ci/run" {
        whitespace(text, &mut found);
    }
    if extension != "rs" {
        return found;
    }
    let folders = name.split('/').rev().skip(1);
    if let Some(nameless) = folders.chain([stem]).find(|part| NAMELESS.contains(part)) {
        found.push(format!(": a module called {nameless}; name it after what it does"));
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        found.push(format!(": {lines} lines, more than {LONGEST}; split it"));
    }
    if name.ends_with("src/lib.rs") && !text.trim_start().starts_with("//!") && !text.trim_start().starts_with("#![doc")
    {
        found.push(": no crate documentation".to_owned());
    }
    if CLOUDLESS.iter().any(|folder| name.starts_with(folder)) && !name.starts_with(JOURNALS) {
        let words = |line: &str| {
            let words = line.to_lowercase();
            let mut words = words.split(|letter: char| !letter.is_ascii_alphanumeric());
            words.find_map(|word| CLOUDS.iter().find(|cloud| **cloud == word))
        };
        let named = text.lines().enumerate().filter_map(|(at, line)| words(line).map(|word| (at + 1, word)));
        found.extend(named.map(|(at, word)| format!(":{at}: {word} is a backend's to name")));
    }
    // Tests may ask the cloud by themselves.
    if name.starts_with("crates/") && name.contains("/src/") && !SEAMS.contains(&name) {
        // A channel's `send` takes what it sends; only a request builder's takes nothing.
        let sends = text.lines().enumerate().filter(|(_, line)| line.contains(concat!(".send", "()")));
        found.extend(sends.map(|(at, _)| format!(":{}: an SDK request is sent outside {}", at + 1, SEAMS.join(", "))));
    }
    found
}

fn whitespace(text: &str, found: &mut Vec<String>) {
    for (at, line) in text.lines().enumerate() {
        if line.ends_with([' ', '\t', '\r']) {
            found.push(format!(":{}: white space at the end of the line", at + 1));
        }
    }
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        found.push(": the file must end with one line break".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(name: &str, text: &str) -> String {
        breaches(name, text).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn good_files_pass() {
        assert_eq!(first("crates/castra-aws/src/lib.rs", "//! Docs.\npub mod call;\n"), "");
        assert_eq!(first("crates/castra-aws/src/call.rs", "request.send().await\n"), "");
        assert_eq!(first("crates/castra-engine/src/run.rs", "sender.send(event)\n"), "");
        assert_eq!(first("crates/castra-engine/src/store/gs.rs", "// Google's.\n"), "");
        assert_eq!(first("crates/castra-core/src/plan.rs", "// draws and laws\n"), "");
        assert_eq!(first("README.md", ""), "");
    }

    #[test]
    fn each_rule_can_fail() {
        assert!(first("crates/castra-aws/src/vpc.rs", "a\n    .send()\n").starts_with(":2: an SDK request"));
        assert!(first("crates/castra-core/src/plan.rs", "\n// As on AWS.\n").starts_with(":2: aws is a backend's"));
        assert!(first("crates/x/src/util.rs", "\n").contains("called util"));
        assert!(first("crates/x/src/helpers/net.rs", "fn f() {}\n").contains("called helpers"));
        assert!(first("crates/x/src/big.rs", &"x\n".repeat(501)).contains("501 lines"));
        assert!(first("crates/x/src/lib.rs", "pub mod a;\n").contains("no crate documentation"));
        assert!(first("README.md", "a \n").starts_with(":1: white space"));
        assert!(first("README.md", "a").contains("one line break"));
        assert!(first("README.md", "a\n\n").contains("one line break"));
    }
}
