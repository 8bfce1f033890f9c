//! Conditions (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::Value;

use crate::pattern::like;

/// One operator, key and its values.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    /// `aws:RequestTag/team`; keys compare without case.
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

/// How a key is compared with values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    comparison: Comparison,
    negated: bool,
    /// `..IfExists`: holds when the request has no such key.
    if_exists: bool,
    quantifier: Quantifier,
}

/// What to make of keys with several values
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    One,
    ForAll,
    ForAny,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    EqualIgnoringCase,
    Like,
    Arn,
    Number(Order),
    Date(Order),
    Bool,
    Address,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a request has under its condition keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Adds a value to a key.
    pub(crate) fn add(&mut self, key: &str, value: impl Into<String>) {
        self.0.entry(key.to_ascii_lowercase()).or_default().push(value.into());
    }

    /// Gives a key this one value.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_ascii_lowercase(), vec![value.into()]);
    }

    /// Takes over the keys of another.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(key, values)| (key.clone(), values.clone())));
    }

    /// The values of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }
}

impl Operator {
    fn read(text: &str) -> Option<Self> {
        let (quantifier, rest) = match text.split_once(':') {
            Some(("ForAllValues", rest)) => (Quantifier::ForAll, rest),
            Some(("ForAnyValue", rest)) => (Quantifier::ForAny, rest),
            Some(_) => return None,
            None => (Quantifier::One, text),
        };
        let (name, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |name| (name, true));
        let order = |name: &str| {
            Some(match name {
                "Equals" => (Order::Equal, false),
                "NotEquals" => (Order::Equal, true),
                "LessThan" => (Order::Less, false),
                "LessThanEquals" => (Order::LessOrEqual, false),
                "GreaterThan" => (Order::Greater, false),
                "GreaterThanEquals" => (Order::GreaterOrEqual, false),
                _ => return None,
            })
        };
        let (comparison, negated) = match name {
            "StringEquals" | "BinaryEquals" => (Comparison::Equal, false),
            "StringNotEquals" => (Comparison::Equal, true),
            "StringEqualsIgnoreCase" => (Comparison::EqualIgnoringCase, false),
            "StringNotEqualsIgnoreCase" => (Comparison::EqualIgnoringCase, true),
            "StringLike" => (Comparison::Like, false),
            "StringNotLike" => (Comparison::Like, true),
            "ArnEquals" | "ArnLike" => (Comparison::Arn, false),
            "ArnNotEquals" | "ArnNotLike" => (Comparison::Arn, true),
            "Bool" => (Comparison::Bool, false),
            "IpAddress" => (Comparison::Address, false),
            "NotIpAddress" => (Comparison::Address, true),
            // Null can't be asked of keys that may be missing: that is what it asks.
            "Null" if !if_exists => (Comparison::Null, false),
            _ => match (name.strip_prefix("Numeric"), name.strip_prefix("Date")) {
                (Some(name), _) => order(name).map(|(order, negated)| (Comparison::Number(order), negated))?,
                (_, Some(name)) => order(name).map(|(order, negated)| (Comparison::Date(order), negated))?,
                _ => return None,
            },
        };
        Some(Self { comparison, negated, if_exists, quantifier })
    }
}

impl Condition {
    /// The conditions of a statement; none if they aren't any.
    pub(super) fn read(conditions: &Value) -> Option<Vec<Self>> {
        let mut read = Vec::new();
        for (operator, keys) in conditions.as_object()? {
            let operator = Operator::read(operator)?;
            for (key, values) in keys.as_object()? {
                let texts = |value: &Value| match value {
                    Value::String(text) => Some(text.clone()),
                    Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
                    _ => None,
                };
                let values = match values {
                    Value::Array(values) => values.iter().map(texts).collect::<Option<_>>()?,
                    value => vec![texts(value)?],
                };
                read.push(Self { operator, key: key.clone(), values });
            }
        }
        Some(read)
    }

    /// Whether the condition holds of a request; `fill` puts values in the place of variables.
    pub(crate) fn holds(&self, context: &Context, fill: impl Fn(&str) -> String) -> bool {
        let Operator { comparison, negated, if_exists, quantifier } = self.operator;
        let has = context.get(&self.key).filter(|values| !values.is_empty());
        if comparison == Comparison::Null {
            return self.values.iter().any(|value| value.eq_ignore_ascii_case("true") == has.is_none());
        }
        let Some(has) = has else {
            return match quantifier {
                _ if if_exists => true,
                Quantifier::ForAll => true,
                Quantifier::ForAny => false,
                Quantifier::One => negated,
            };
        };
        let wanted: Vec<String> = self.values.iter().map(|value| fill(value)).collect();
        let fits = |value: &String| wanted.iter().any(|wanted| compare(comparison, wanted, value)) != negated;
        match quantifier {
            Quantifier::ForAll => has.iter().all(fits),
            Quantifier::ForAny => has.iter().any(fits),
            // A key of several values without a quantifier: what AWS does isn't documented; a negated operator must
            // hold of all, as anything else would let a forbidden value through.
            Quantifier::One if negated => has.iter().all(fits),
            Quantifier::One => has.iter().any(fits),
        }
    }
}

fn compare(comparison: Comparison, wanted: &str, value: &str) -> bool {
    match comparison {
        Comparison::Equal => unescaped(wanted) == value,
        Comparison::EqualIgnoringCase => unescaped(wanted).eq_ignore_ascii_case(value),
        Comparison::Like => like(wanted, value),
        Comparison::Arn => arn_like(wanted, value),
        Comparison::Bool => wanted.eq_ignore_ascii_case(value),
        Comparison::Number(order) => match (wanted.parse::<f64>(), value.parse::<f64>()) {
            (Ok(wanted), Ok(value)) => order.holds(value.partial_cmp(&wanted)),
            _ => false,
        },
        Comparison::Date(order) => match (moment(wanted), moment(value)) {
            (Some(wanted), Some(value)) => order.holds(Some(value.cmp(&wanted))),
            _ => false,
        },
        Comparison::Address => match value.parse::<IpAddr>() {
            Ok(value) => {
                wanted.parse::<IpNet>().is_ok_and(|network| network.contains(&value))
                    || wanted.parse::<IpAddr>().is_ok_and(|wanted| wanted == value)
            }
            Err(_) => false,
        },
        Comparison::Null => false,
    }
}

/// The text that a pattern without wildcards stands for.
fn unescaped(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    text
}

/// Whether an ARN is like another: each of the six parts for itself
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>).
pub(crate) fn arn_like(pattern: &str, arn: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (patterns, parts): (Vec<_>, Vec<_>) = (pattern.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    patterns.len() == parts.len() && patterns.iter().zip(parts).all(|(pattern, part)| like(pattern, part))
}

impl Order {
    fn holds(self, ordering: Option<std::cmp::Ordering>) -> bool {
        ordering.is_some_and(|ordering| match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        })
    }
}

/// A date as ISO 8601 has it, or in seconds since the epoch.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<i64>().map_or_else(|_| text.parse().ok(), |seconds| Timestamp::from_second(seconds).ok())
}
