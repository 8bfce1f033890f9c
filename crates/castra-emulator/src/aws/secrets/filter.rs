//! Filters of lists
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html>).

use serde_json::Value;

use super::secret::Secret;
use crate::aws::call::Call;

/// The filters of one call: all must match, each by any of its values.
pub(super) struct Filters(Vec<(String, Vec<String>)>);

impl Filters {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let filter = |filter: &Value| {
            let key = filter.get("Key").and_then(Value::as_str)?;
            let values = filter.get("Values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            Some((key.to_owned(), values.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
        };
        Self(call.list("Filters").iter().filter_map(filter).collect())
    }

    pub(super) fn pass(&self, secret: &Secret) -> bool {
        self.0.iter().all(|(key, values)| values.is_empty() || values.iter().any(|value| passes(secret, key, value)))
    }
}

/// "Prefix match, case-sensitive", with `!` in front for what must not match; `all` breaks the value into words and
/// knows no case.
fn passes(secret: &Secret, key: &str, value: &str) -> bool {
    let (value, negated) = value.strip_prefix('!').map_or((value, false), |value| (value, true));
    let description = secret.description.as_deref().unwrap_or_default();
    let keys = || secret.tags.keys();
    let tag_values = || secret.tags.iter().map(|(_, value)| value);
    let matched = match key {
        "name" => secret.name.starts_with(value),
        // "Prefix match, not case-sensitive": of the description's words.
        "description" => words(description).any(|word| word.starts_with(&value.to_lowercase())),
        "tag-key" => keys().any(|key| key.starts_with(value)),
        "tag-value" => tag_values().any(|has| has.starts_with(value)),
        "primary-region" => secret.arn.split(':').nth(3).is_some_and(|region| region.starts_with(value)),
        "owning-service" => false,
        _ => {
            let texts = [secret.name.as_str(), description].into_iter().chain(keys()).chain(tag_values());
            let has: Vec<String> = texts.flat_map(words).collect();
            words(value).all(|wanted| has.iter().any(|has| has.starts_with(&wanted)))
        }
    };
    matched != negated
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let separators = |character: char| !character.is_alphanumeric();
    text.split(separators).filter(|word| !word.is_empty()).map(str::to_lowercase)
}
