//! Finds what breaks a contract in an input.

use serde_json::Value;

use super::broken::{Constraint, Problem, Step};
use super::pattern;
use crate::aws::contract::{Contract, Reference, Shape, ShapeKind};

/// More would help nobody.
const PROBLEMS: usize = 100;

/// All problems, in the contract's order.
pub(crate) fn problems<'a>(contract: &'a Contract, reference: &'a Reference, input: &'a Value) -> Vec<Problem<'a>> {
    let mut search = Search { contract, path: Vec::new(), problems: Vec::new() };
    search.value(reference, input, false);
    search.problems
}

struct Search<'a> {
    contract: &'a Contract,
    path: Vec<Step<'a>>,
    problems: Vec<Problem<'a>>,
}

impl<'a> Search<'a> {
    /// Parsed inputs have the contract's types, and are no deeper than their parsers allow.
    fn value(&mut self, reference: &'a Reference, value: &'a Value, sensitive: bool) {
        let shape = self.contract.shape(reference);
        let sensitive = sensitive || shape.sensitive;
        match (shape.kind, value) {
            (ShapeKind::Structure, Value::Object(object)) => {
                for (name, member) in shape.members.iter() {
                    self.path.push(Step::Member(name, member));
                    match object.get(name).filter(|value| !value.is_null()) {
                        Some(value) => self.value(member, value, sensitive),
                        None if shape.required.iter().any(|required| required == name) => {
                            self.report(&member.shape, None, sensitive, Constraint::Required);
                        }
                        None => {}
                    }
                    self.path.pop();
                }
            }
            (ShapeKind::List, Value::Array(elements)) => {
                self.scalar(reference, shape, value, sensitive);
                let Some(element) = shape.member.as_deref() else { return };
                let target = self.contract.shape(element);
                if target.is_aggregate() {
                    for (index, value) in elements.iter().enumerate() {
                        self.path.push(Step::Element(index + 1));
                        self.value(element, value, sensitive);
                        self.path.pop();
                    }
                } else if elements.iter().any(|value| breaks(target, value)) {
                    let sensitive = sensitive || target.sensitive;
                    self.report(&element.shape, Some(value), sensitive, Constraint::Elements(target));
                }
            }
            (ShapeKind::Map, Value::Object(entries)) => {
                self.scalar(reference, shape, value, sensitive);
                let (Some(key), Some(of)) = (shape.key.as_deref(), shape.value.as_deref()) else { return };
                let keys = self.contract.shape(key);
                if entries.keys().any(|key| breaks(keys, &Value::from(key.as_str()))) {
                    self.report(&key.shape, Some(value), sensitive, Constraint::Keys(keys));
                }
                let target = self.contract.shape(of);
                if target.is_aggregate() {
                    for (key, value) in entries {
                        self.path.push(Step::Entry(key));
                        self.value(of, value, sensitive);
                        self.path.pop();
                    }
                } else if entries.values().any(|value| breaks(target, value)) {
                    let sensitive = sensitive || target.sensitive;
                    self.report(&of.shape, Some(value), sensitive, Constraint::Values(target));
                }
            }
            _ => self.scalar(reference, shape, value, sensitive),
        }
    }

    /// Each constraint that the value itself breaks.
    fn scalar(&mut self, reference: &'a Reference, shape: &'a Shape, value: &'a Value, sensitive: bool) {
        for constraint in Constraint::of(shape) {
            if !keeps(constraint, shape, value) {
                self.report(&reference.shape, Some(value), sensitive, constraint);
            }
        }
    }

    fn report(&mut self, shape: &'a str, value: Option<&'a Value>, sensitive: bool, constraint: Constraint<'a>) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(Problem { path: self.path.clone(), value, sensitive, shape, constraint });
        }
    }
}

/// Whether a scalar breaks what its shape demands.
pub(crate) fn breaks(shape: &Shape, value: &Value) -> bool {
    Constraint::of(shape).into_iter().any(|constraint| !keeps(constraint, shape, value))
}

fn keeps(constraint: Constraint<'_>, shape: &Shape, value: &Value) -> bool {
    match constraint {
        Constraint::LengthAtMost(max) => length(shape, value).is_none_or(|length| length <= max),
        Constraint::LengthAtLeast(min) => length(shape, value).is_none_or(|length| length >= min),
        Constraint::AtMost(max) => value.as_f64().is_none_or(|value| value <= max),
        Constraint::AtLeast(min) => value.as_f64().is_none_or(|value| value >= min),
        Constraint::Pattern(pattern) => value.as_str().is_none_or(|text| pattern::matches(pattern, text)),
        Constraint::OneOf(values) => value.as_str().is_none_or(|text| values.iter().any(|value| value == text)),
        Constraint::Required | Constraint::Elements(_) | Constraint::Keys(_) | Constraint::Values(_) => true,
    }
}

/// Length in characters, bytes, elements or entries (<https://smithy.io/2.0/spec/constraint-traits.html#length-trait>).
#[expect(clippy::cast_precision_loss, reason = "lengths of requests are small")]
fn length(shape: &Shape, value: &Value) -> Option<f64> {
    let length = match value {
        Value::String(text) if shape.kind == ShapeKind::Blob => {
            (text.len() / 4 * 3).saturating_sub(text.bytes().rev().take_while(|byte| *byte == b'=').count())
        }
        Value::String(text) => text.chars().count(),
        Value::Array(elements) => elements.len(),
        Value::Object(entries) => entries.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    Some(length as f64)
}
