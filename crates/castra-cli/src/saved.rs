//! Saved plans.

use std::path::Path;

use castra::core::plan::Purpose;
use castra::{Error, ErrorKind, Plan, Result, Spec};
use serde::{Deserialize, Serialize};

use crate::replace::Replacement;

/// A plan with the spec it was made from, as it is kept in a file. Neither holds secrets.
///
/// It is never carried out by itself: applying it plans again from its spec, and goes on only if the new plan has the
/// same hash.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedPlan {
    /// The version of this format.
    format: u32,
    /// The spec in its canonical form.
    pub(crate) spec: Spec,
    /// The plan.
    pub(crate) plan: Plan,
}

impl SavedPlan {
    /// The format that this version reads and writes.
    const FORMAT: u32 = 1;

    /// A plan and its spec.
    pub(crate) fn new(spec: Spec, plan: Plan) -> Self {
        Self { format: Self::FORMAT, spec, plan }
    }

    /// Whether it was made by `plan --destroy`.
    pub(crate) fn destroys(&self) -> bool {
        self.plan.purpose == Purpose::Destroy
    }

    /// Writes it.
    ///
    /// # Errors
    /// When it can't be written.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::new(ErrorKind::Unexpected, format!("the plan can't be saved: {error}")))?;
        text.push('\n');
        Replacement::prepare(path, &text)?.commit()
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it isn't there, isn't a saved plan, is of another version, or was changed.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::Invalid, format!("{name} can't be read: {error}"))
                .remedy("make a plan with castra plan -o FILE")
        })?;
        let again =
            |message: String| Error::new(ErrorKind::Stale, message).remedy("make a new one with castra plan -o");
        // The parser's own words would repeat values.
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|_| again(format!("{name} isn't a saved plan")))?;
        match value["format"].as_u64() {
            Some(format) if format == u64::from(Self::FORMAT) => {}
            Some(format) => return Err(again(format!("{name} is of format {format}; this castra knows 1"))),
            None => return Err(again(format!("{name} isn't a saved plan"))),
        }
        let saved: Self =
            serde_json::from_value(value).map_err(|_| again(format!("{name} isn't a saved plan of this version")))?;
        if saved.plan.clone().seal().hash != saved.plan.hash || saved.plan.cluster != saved.spec.name {
            return Err(again(format!("{name} was changed since it was saved")));
        }
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const SPEC: &str = include_str!("../tests/cluster.toml");

    fn saved() -> SavedPlan {
        let plan = serde_json::from_value::<Plan>(serde_json::json!({
            "format": 1, "purpose": "apply", "cluster": "demo", "uid": "11111111-2222-4333-8444-555555555555",
            "scope": { "provider": "aws", "account": "111122223333", "region": "eu-central-1" },
            "fingerprint": "f", "notes": ["n"], "hash": "",
            "steps": [{
                "address": "vpc/main", "action": "create", "id": null, "reason": "", "after": [],
                "changes": [{ "field": "cidr", "from": null, "to": "10.20.0.0/16" }],
            }],
        }));
        SavedPlan::new(castra::parse(SPEC).unwrap(), plan.unwrap().seal())
    }

    #[test]
    fn what_is_written_is_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.plan");
        let saved = saved();
        saved.write(&path).unwrap();
        assert_eq!(SavedPlan::read(&path).unwrap(), saved);
        assert!(!saved.destroys());
    }

    #[test]
    fn whatever_else_is_there_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.plan");
        let refused = |text: &str| {
            std::fs::write(&path, text).unwrap();
            SavedPlan::read(&path).unwrap_err()
        };
        saved().write(&path).unwrap();
        let good = std::fs::read_to_string(&path).unwrap();
        for (from, to, said) in [
            ("\"format\": 1,\n  \"spec\"", "\"format\": 2,\n  \"spec\"", "format 2"),
            ("\"from\": null", "\"from\": 7", "changed"),
            ("\"name\": \"demo\"", "\"name\": \"other\"", "changed"),
            ("\"steps\"", "\"stops\"", "isn't a saved plan"),
        ] {
            assert!(good.contains(from), "{from}\n{good}");
            let error = refused(&good.replacen(from, to, 1));
            assert_eq!(error.kind(), ErrorKind::Stale);
            assert!(error.message().contains(said), "{to}: {error}");
        }
        assert_eq!(refused("name = 'demo'").kind(), ErrorKind::Stale);
        assert_eq!(SavedPlan::read(&directory.path().join("none")).unwrap_err().kind(), ErrorKind::Invalid);
    }
}
