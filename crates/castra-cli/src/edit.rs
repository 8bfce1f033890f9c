//! Changing the number of secondaries in a spec's text.

use castra::{Error, ErrorKind, Result};
use toml_edit::{Document, Item, Value};

/// The text with another `secondaries.count`, and not another character changed.
///
/// # Errors
/// When the text has no such number, which a valid spec with a fixed pool has.
pub(crate) fn with_count(text: &str, count: u32) -> Result<String> {
    let refused = || {
        Error::new(ErrorKind::InvalidSpec, "secondaries.count isn't in the file").remedy("write it there, and apply")
    };
    let document = Document::parse(text).map_err(|_| refused())?;
    let secondaries = document.get("secondaries").and_then(Item::as_table_like);
    let value = secondaries.and_then(|table| table.get("count")).and_then(Item::as_value);
    let place = value.and_then(Value::span).ok_or_else(refused)?;
    let mut edited = text.to_owned();
    edited.replace_range(place, &count.to_string());
    Ok(edited)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_the_number_changes() {
        for text in [
            "# The camp.\nname = \"a\"\n\n[secondaries]\n# how many\ncount = 5 # as many as needed\nroot = { a = 1 } # x\n",
            "secondaries = { machine_type = 'm', count = 5 } # inline",
            "secondaries.count = 5\nsecondaries.machine_type = 'm'\n",
            "[secondaries] # head\n  count   =   5\t# tabs\r\nmachine_type = 'm'\r\n",
            "other.count = 7\n[secondaries]\ncount = 5",
        ] {
            let edited = with_count(text, 12).unwrap();
            assert_eq!(edited, text.replace("= 5", "= 12").replace("=   5", "=   12"));
            assert_eq!(with_count(&edited, 5).unwrap(), text);
        }
    }

    #[test]
    fn a_file_without_the_number_is_refused() {
        for text in ["", "[secondaries]\nmin = 1\nmax = 3", "secondaries = 5", "not toml ["] {
            assert_eq!(with_count(text, 1).unwrap_err().kind(), ErrorKind::InvalidSpec, "{text}");
        }
    }
}
