//! Single values.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use jiff::Timestamp;
use serde_json::Value;

use crate::gcp::contract::{Kind, Scalar};

/// Why a value isn't what the contract says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is of another type; the name of the right one, as the front end has it.
    Type(&'static str),
    /// It isn't one of the enum's.
    Enum,
    /// It doesn't match the pattern.
    Pattern,
    /// It is below the minimum or above the maximum.
    Range,
}

/// A value as the contract has it: numbers may come as texts and leave as numbers, and 64-bit ones the other way
/// (<https://protobuf.dev/programming-guides/json/>).
pub(super) fn read(of: &Scalar, value: &Value) -> Result<Value, Wrong> {
    let format = of.format.as_deref().unwrap_or_default();
    match of.kind {
        Some(Kind::Boolean) => match value {
            Value::Bool(_) => Ok(value.clone()),
            _ => Err(Wrong::Type("TYPE_BOOL")),
        },
        Some(Kind::Integer) => {
            let number =
                whole(value).ok_or(Wrong::Type(if format == "uint32" { "TYPE_UINT32" } else { "TYPE_INT32" }))?;
            let fits = match format {
                "uint32" => u32::try_from(number).is_ok(),
                "int32" => i32::try_from(number).is_ok(),
                _ => true,
            };
            if !fits {
                return Err(Wrong::Type(if format == "uint32" { "TYPE_UINT32" } else { "TYPE_INT32" }));
            }
            range(of, number)?;
            i64::try_from(number).map(Value::from).map_err(|_| Wrong::Range)
        }
        Some(Kind::Number) => {
            let name = if format == "float" { "TYPE_FLOAT" } else { "TYPE_DOUBLE" };
            match value {
                Value::Number(_) => Ok(value.clone()),
                // JSON has no infinity, and no method takes one.
                Value::String(text) => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Value::from(number)),
                    _ => Err(Wrong::Type(name)),
                },
                _ => Err(Wrong::Type(name)),
            }
        }
        Some(Kind::String) => match format {
            "int64" | "uint64" => {
                let name = if format == "int64" { "TYPE_INT64" } else { "TYPE_UINT64" };
                let number = whole(value).ok_or(Wrong::Type(name))?;
                let fits =
                    if format == "int64" { i64::try_from(number).is_ok() } else { u64::try_from(number).is_ok() };
                if !fits {
                    return Err(Wrong::Type(name));
                }
                range(of, number)?;
                Ok(Value::from(number.to_string()))
            }
            _ => {
                let text = value.as_str().ok_or(Wrong::Type("TYPE_STRING"))?;
                string(of, format, text)?;
                Ok(value.clone())
            }
        },
        _ => Ok(value.clone()),
    }
}

fn string(of: &Scalar, format: &str, text: &str) -> Result<(), Wrong> {
    if !of.values.is_empty() && !of.values.contains(text) {
        return Err(Wrong::Enum);
    }
    if !of.fits(text) {
        return Err(Wrong::Pattern);
    }
    match format {
        "byte" if BASE64_STANDARD.decode(text).is_err() && BASE64_URL_SAFE.decode(text).is_err() => {
            Err(Wrong::Type("TYPE_BYTES"))
        }
        "google-datetime" | "date-time" if text.parse::<Timestamp>().is_err() => {
            Err(Wrong::Type("type.googleapis.com/google.protobuf.Timestamp"))
        }
        _ => Ok(()),
    }
}

fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => Some(number.into()),
            (None, Some(number), _) => Some(number.into()),
            #[expect(clippy::cast_possible_truncation, reason = "whole and small, as asked")]
            (None, None, Some(number)) if number.fract() == 0.0 && number.abs() < 1e15 => Some(number as i128),
            _ => None,
        },
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn range(of: &Scalar, number: i128) -> Result<(), Wrong> {
    let bound = |bound: &Option<String>| bound.as_ref().and_then(|bound| bound.parse::<i128>().ok());
    let low = bound(&of.minimum).is_some_and(|least| number < least);
    let high = bound(&of.maximum).is_some_and(|most| number > most);
    if low || high { Err(Wrong::Range) } else { Ok(()) }
}
