//! A plan as people read it.

use std::fmt::{self, Display, Write as _};

use serde_json::Value;

use super::{Action, FieldChange, Plan, Purpose, Step};
use crate::resource::{Address, REFERENCE};

impl Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Wait => "wait",
        })
    }
}

impl Plan {
    /// The plan as text: a line for each resource with the fields that change, then a summary and the notes.
    /// The same shape as Terraform's, whose readers know it: `+` create, `~` update, `-` delete, `-/+` replace.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for step in &self.steps {
            let replaced = self.replaces(&step.address);
            if replaced && step.action == Action::Delete {
                continue;
            }
            let _ = write_step(&mut out, self, step, replaced);
        }
        if !self.steps.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", self.summary());
        for note in &self.notes {
            let _ = writeln!(out, "note: {note}");
        }
        out
    }

    /// One line that counts what would be done.
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return match self.purpose {
                Purpose::Apply => format!("Nothing to do: {} is as its spec says.", self.cluster),
                Purpose::Destroy => format!("Nothing to do: nothing of {} is left.", self.cluster),
                Purpose::Undo => format!("Nothing to do: {} is as it was.", self.cluster),
            };
        }
        let replaced =
            self.steps.iter().filter(|step| step.action == Action::Create && self.replaces(&step.address)).count();
        let mut parts = vec![
            format!("{} to create", self.count(Action::Create) - replaced),
            format!("{} to update", self.count(Action::Update)),
            format!("{} to replace", replaced),
            format!("{} to delete", self.count(Action::Delete) - replaced),
        ];
        let waits = self.count(Action::Wait);
        if waits > 0 {
            parts.push(format!("{waits} to wait for"));
        }
        format!("Plan: {}.", parts.join(", "))
    }
}

fn write_step(out: &mut String, plan: &Plan, step: &Step, replaced: bool) -> fmt::Result {
    let sign = match step.action {
        Action::Create if replaced => "-/+",
        Action::Create => "+",
        Action::Update => "~",
        Action::Delete => "-",
        Action::Wait => "…",
    };
    write!(out, "{sign:>3} {}", step.address)?;
    if let Some(id) = &step.id {
        write!(out, " ({id})")?;
    }
    writeln!(out, "{}", if step.reason.is_empty() { String::new() } else { format!("  # {}", step.reason) })?;
    for change in &step.changes {
        write_change(out, step.action, change)?;
    }
    if replaced {
        let old = plan.steps.iter().find(|other| other.address == step.address && other.action == Action::Delete);
        for change in old.map(|old| old.changes.as_slice()).unwrap_or_default() {
            write_change(out, Action::Update, change)?;
        }
    }
    Ok(())
}

fn write_change(out: &mut String, action: Action, change: &FieldChange) -> fmt::Result {
    match action {
        Action::Update => {
            writeln!(out, "        {}: {} -> {}", change.field, show(&change.from), show(&change.to))
        }
        Action::Create if !change.to.is_null() => writeln!(out, "        {}: {}", change.field, show(&change.to)),
        _ => Ok(()),
    }
}

/// A value on one line: references by their address, long texts by their length.
fn show(value: &Value) -> String {
    match value {
        Value::Null => "(none)".into(),
        Value::String(text) if text.len() > 120 => format!("({} characters)", text.len()),
        Value::Object(map) => match map.get(REFERENCE).and_then(Value::as_str).map(str::parse::<Address>) {
            Some(Ok(address)) => format!("({address})"),
            _ => {
                let fields: Vec<String> = map.iter().map(|(key, value)| format!("{key}: {}", show(value))).collect();
                format!("{{{}}}", fields.join(", "))
            }
        },
        Value::Array(list) => format!("[{}]", list.iter().map(show).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
