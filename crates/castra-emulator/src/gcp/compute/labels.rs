//! What labels may be (<https://cloud.google.com/compute/docs/labeling-resources#requirements>).

use serde_json::Value;

use crate::gcp::error::ApiError;
use crate::gcp::resource::Document;

/// How many a resource may have.
const MOST: usize = 64;
/// How many characters a key or a value may have.
const LONGEST: usize = 63;

/// Refuses labels in the field of that name that can't be.
pub(super) fn check(document: &Document, at: &str) -> Result<(), ApiError> {
    let Some(Value::Object(labels)) = document.get("labels") else { return Ok(()) };
    let wrong = |why: String| Err(ApiError::field(at, &Value::from(""), why));
    if labels.len() > MOST {
        return wrong(format!("A resource can have at most {MOST} labels."));
    }
    for (key, value) in labels {
        if !key.starts_with(char::is_lowercase) || !is_made_of(key) {
            return wrong(format!(
                "Label key '{key}' violates format constraints. The key must start with a lowercase character, can \
                 only contain lowercase letters, numeric characters, underscores and dashes. The key can be at most \
                 {LONGEST} characters long. International characters are allowed."
            ));
        }
        if !is_made_of(value.as_str().unwrap_or_default()) {
            return wrong(format!(
                "Label value {value} violates format constraints. The value can only contain lowercase letters, \
                 numeric characters, underscores and dashes. The value can be at most {LONGEST} characters long. \
                 International characters are allowed."
            ));
        }
    }
    Ok(())
}

fn is_made_of(text: &str) -> bool {
    let fits = |character: char| {
        character.is_numeric()
            || character == '_'
            || character == '-'
            || (character.is_alphabetic() && !character.is_uppercase())
    };
    text.chars().count() <= LONGEST && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_are_lowercase_and_short() {
        let verdict = |labels: Value| {
            let Value::Object(document) = json!({ "labels": labels }) else { unreachable!() };
            check(&document, "labels").is_ok()
        };
        for right in [json!({}), json!({ "a": "" }), json!({ "a-b_1": "x-1_" }), json!({ "größe": "ü" })] {
            assert!(verdict(right.clone()), "{right}");
        }
        let long = "x".repeat(64);
        for wrong in [
            json!({ "A": "" }),
            json!({ "": "a" }),
            json!({ "1a": "" }),
            json!({ "a": "B" }),
            json!({ "a": "b.c" }),
            json!({ long.clone(): "" }),
            json!({ "a": long }),
        ] {
            assert!(!verdict(wrong.clone()), "{wrong}");
        }
        let many: Document = (0..65).map(|number| (format!("l{number}"), Value::from(""))).collect();
        assert!(!verdict(Value::Object(many)));
    }
}
