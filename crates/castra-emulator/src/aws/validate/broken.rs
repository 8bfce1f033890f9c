//! What is wrong with a value, in AWS's words.

use std::fmt;

use serde_json::Value;

use crate::aws::contract::{Contract, Reference, Shape};

/// One violation of a constraint.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) path: Vec<Step<'a>>,
    /// The offending value; none if it is missing.
    pub(crate) value: Option<&'a Value>,
    /// Sensitive values are not repeated.
    pub(crate) sensitive: bool,
    /// Name of the value's shape.
    pub(crate) shape: &'a str,
    pub(crate) constraint: Constraint<'a>,
}

/// A step on the way to a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Member(&'a str, &'a Reference),
    /// An element of a list, counted from 1.
    Element(usize),
    Entry(&'a str),
}

/// The sentences of the family that follows "failed to satisfy constraint:". Which constraints there are:
/// <https://smithy.io/2.0/spec/constraint-traits.html>; examples of the sentences are on
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html> and wherever AWS shows a `ValidationException`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Constraint<'a> {
    Required,
    LengthAtMost(f64),
    LengthAtLeast(f64),
    AtMost(f64),
    AtLeast(f64),
    Pattern(&'a str),
    OneOf(&'a [String]),
    /// Elements of a list, which are reported together with all that their shape demands.
    Elements(&'a Shape),
    Keys(&'a Shape),
    Values(&'a Shape),
}

impl Constraint<'_> {
    /// What a scalar's shape demands, in the order in which AWS lists it.
    pub(crate) fn of(shape: &Shape) -> Vec<Constraint<'_>> {
        let number = shape.is_number();
        let upper = shape.max.map(|max| if number { Constraint::AtMost(max) } else { Constraint::LengthAtMost(max) });
        let lower = shape.min.map(|min| if number { Constraint::AtLeast(min) } else { Constraint::LengthAtLeast(min) });
        let pattern = shape.pattern.as_deref().map(Constraint::Pattern);
        let one_of = (!shape.one_of.is_empty()).then_some(Constraint::OneOf(&shape.one_of));
        upper.into_iter().chain(lower).chain(pattern).chain(one_of).collect()
    }
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |shape| Constraint::of(shape).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Required => formatter.write_str("Member must not be null"),
            Self::LengthAtMost(max) => write!(formatter, "Member must have length less than or equal to {max}"),
            Self::LengthAtLeast(min) => write!(formatter, "Member must have length greater than or equal to {min}"),
            Self::AtMost(max) => write!(formatter, "Member must have value less than or equal to {max}"),
            Self::AtLeast(min) => write!(formatter, "Member must have value greater than or equal to {min}"),
            Self::Pattern(pattern) => write!(formatter, "Member must satisfy regular expression pattern: {pattern}"),
            Self::OneOf(values) => write!(formatter, "Member must satisfy enum value set: [{}]", values.join(", ")),
            Self::Elements(shape) => write!(formatter, "Member must satisfy constraint: [{}]", all(shape)),
            Self::Keys(shape) => write!(formatter, "Map keys must satisfy constraint: [{}]", all(shape)),
            Self::Values(shape) => write!(formatter, "Map value must satisfy constraint: [{}]", all(shape)),
        }
    }
}

impl Problem<'_> {
    /// `Value 'x' at 'tags.1.member.key' failed to satisfy constraint: ..`
    pub(crate) fn sentence(&self) -> String {
        let value = match self.value {
            None => "Value null at".to_owned(),
            Some(value) => match shown(value).filter(|_| !self.sensitive) {
                Some(value) => format!("Value '{value}' at"),
                None => "Value at".to_owned(),
            },
        };
        format!("{value} '{}' failed to satisfy constraint: {}", self.lower_camel_path(), self.constraint)
    }

    /// The path as those sentences write it.
    fn lower_camel_path(&self) -> String {
        let steps = self.path.iter().map(|step| match step {
            Step::Member(name, _) => lower_camel(name),
            Step::Element(index) => format!("{index}.member"),
            Step::Entry(key) => format!("{key}.member"),
        });
        steps.collect::<Vec<_>>().join(".")
    }

    /// The innermost member on the path.
    pub(crate) fn member(&self) -> Option<(&str, &Reference)> {
        self.path.iter().rev().find_map(|step| match step {
            Step::Member(name, reference) => Some((*name, *reference)),
            Step::Element(_) | Step::Entry(_) => None,
        })
    }

    /// The shape that the innermost value has.
    pub(crate) fn is_of<'c>(&self, contract: &'c Contract) -> Option<&'c Shape> {
        contract.shapes.get(self.shape)
    }
}

/// A name with a small first letter, as AWS's messages write it.
pub(crate) fn lower_camel(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// A value as the messages show it: as Java writes it. None for structures.
pub(crate) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null => Some("null".to_owned()),
        Value::Array(values) => Some(format!("[{}]", values.iter().map(shown).collect::<Option<Vec<_>>>()?.join(", "))),
        Value::Object(_) => None,
    }
}
