//! `cargo xtask tidy`: the rules of CONTRIBUTING.md that no other tool checks. A test runs it too.

mod manifests;
mod sources;

use std::path::Path;
use std::{fs, io};

use anyhow::{Result, bail};

use crate::workspace::root;

/// Folders that hold nothing of ours.
const SKIPPED: &[&str] = &["target", ".git", "__pycache__", "node_modules"];

/// Prints every breach; an error if there is one.
pub(crate) fn run() -> Result<()> {
    let breaches = breaches()?;
    for breach in &breaches {
        println!("tidy: {breach}");
    }
    match breaches.len() {
        0 => {
            println!("tidy: all rules hold");
            Ok(())
        }
        count => bail!("{count} breaches of the rules in CONTRIBUTING.md"),
    }
}

fn breaches() -> Result<Vec<String>> {
    let mut found = Vec::new();
    walk(root(), &mut |path, text| {
        let name = path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/");
        found.extend(sources::breaches(&name, text).into_iter().map(|breach| format!("{name}{breach}")));
    })?;
    found.extend(manifests::breaches()?);
    found.sort();
    Ok(found)
}

/// Every text file of the repository.
fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                walk(&path, visit)?;
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            visit(&path, &text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        assert_eq!(super::breaches().unwrap_or_else(|error| vec![error.to_string()]), Vec::<String>::new());
    }
}
