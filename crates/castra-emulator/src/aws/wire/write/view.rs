//! An output's value, seen as its shape: the one place where a value is held against the contract on its way out.

use serde_json::{Map, Value};

use super::violation::Violation;
use crate::aws::contract::{Contract, Reference, Shape, ShapeKind};

/// A value as the shape that it has in the contract.
pub(super) enum View<'a> {
    /// The members that are there, in the contract's order.
    Structure(Vec<Member<'a>>),
    /// What the elements are, and those that there are.
    List(&'a Reference, &'a [Value]),
    /// What keys and values are, and the entries.
    Map(&'a Reference, &'a Reference, &'a Map<String, Value>),
    Text(&'a str),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    /// Base64.
    Blob(&'a str),
    /// Milliseconds since the Unix epoch.
    Timestamp(i64),
}

/// A member of a structure that is there.
pub(super) struct Member<'a> {
    /// The contract's name for it.
    pub(super) name: &'a str,
    pub(super) reference: &'a Reference,
    pub(super) value: &'a Value,
}

impl<'a> Member<'a> {
    /// Its name on the wire, but for flattened lists.
    pub(super) fn wire_name(&self) -> &'a str {
        self.reference.location_name.as_deref().unwrap_or(self.name)
    }
}

impl<'a> View<'a> {
    /// The value as this shape, or what about it breaks the contract.
    pub(super) fn of(contract: &'a Contract, shape: &'a Shape, value: &'a Value) -> Result<Self, Violation> {
        let wrong = || Violation::new(format!("{} where the contract has a {:?}", kind(value), shape.kind));
        Ok(match shape.kind {
            ShapeKind::Structure => return members(shape, value).map(View::Structure),
            ShapeKind::List => {
                let element = shape.member.as_deref().ok_or_else(wrong)?;
                View::List(element, value.as_array().ok_or_else(wrong)?)
            }
            ShapeKind::Map => {
                let (key, held) = shape.key.as_deref().zip(shape.value.as_deref()).ok_or_else(wrong)?;
                debug_assert_eq!(contract.shape(key).kind, ShapeKind::String, "AWS's maps have text as keys");
                View::Map(key, held, value.as_object().ok_or_else(wrong)?)
            }
            ShapeKind::String | ShapeKind::Character => View::Text(value.as_str().ok_or_else(wrong)?),
            ShapeKind::Integer | ShapeKind::Long => View::Integer(value.as_i64().ok_or_else(wrong)?),
            ShapeKind::Float | ShapeKind::Double => View::Float(value.as_f64().ok_or_else(wrong)?),
            ShapeKind::Boolean => View::Boolean(value.as_bool().ok_or_else(wrong)?),
            ShapeKind::Blob => View::Blob(value.as_str().ok_or_else(wrong)?),
            ShapeKind::Timestamp => View::Timestamp(milliseconds(value).ok_or_else(wrong)?),
        })
    }
}

/// A structure's members that are there, in the contract's order.
pub(super) fn members<'a>(shape: &'a Shape, value: &'a Value) -> Result<Vec<Member<'a>>, Violation> {
    let Some(object) = value.as_object() else {
        return Err(Violation::new(format!("{} where the contract has a Structure", kind(value))));
    };
    let known: Vec<Member<'a>> = shape
        .members
        .iter()
        .filter_map(|(name, reference)| Some(Member { name, reference, value: object.get(name)? }))
        .collect();
    if known.len() != object.len()
        && let Some(name) = object.keys().find(|name| shape.members.get(name).is_none())
    {
        return Err(Violation::new(format!("the contract has no member {name}")));
    }
    Ok(known.into_iter().filter(|member| !member.value.is_null()).collect())
}

/// Seconds since the epoch, rounded to the millisecond: no service shows more.
fn milliseconds(value: &Value) -> Option<i64> {
    if let Some(seconds) = value.as_i64() {
        return seconds.checked_mul(1000);
    }
    let rounded = (value.as_f64()? * 1000.0).round();
    // Years far outside of what AWS can write are refused by the formatter.
    (rounded.abs() < 9e18).then_some(rounded as i64)
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
