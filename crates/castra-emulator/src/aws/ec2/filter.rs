//! Filters of describes (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>): all must match,
//! each by any of its values, which may hold `*` and `?`.

use serde_json::Value;

use super::Tags;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// The filters of one call.
pub(super) struct Filters(Vec<(String, Vec<String>)>);

impl Filters {
    /// The call's filters; a name that is neither in `known` nor about tags is refused.
    pub(super) fn of(call: &Call<'_>, known: &[&str]) -> Result<Self, ApiError> {
        let mut filters = Vec::new();
        for filter in call.list("Filters") {
            let name = filter.get("Name").and_then(Value::as_str).unwrap_or_default();
            if !known.contains(&name) && !name.starts_with("tag:") && name != "tag-key" {
                let message = format!("The filter '{name}' is invalid");
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            let values = filter.get("Values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            filters.push((name.to_owned(), values.iter().filter_map(Value::as_str).map(str::to_owned).collect()));
        }
        Ok(Self(filters))
    }

    /// Whether an object passes: `values` tells what it has under a filter's name.
    pub(super) fn pass(&self, tags: &Tags, values: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|(name, wanted)| {
            let has = match name.strip_prefix("tag:") {
                Some(key) => tags.get(key).map(str::to_owned).into_iter().collect(),
                None if name == "tag-key" => tags.keys().map(str::to_owned).collect(),
                None => values(name),
            };
            has.iter().any(|has| wanted.iter().any(|wanted| like(wanted, has)))
        })
    }
}

/// Whether a text is like a pattern with `*` (anything) and `?` (one character); a backslash takes the next literally.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<(char, bool)> = {
        let mut literal = false;
        let mut parts = Vec::new();
        for character in pattern.chars() {
            if character == '\\' && !literal {
                literal = true;
            } else {
                parts.push((character, !literal && matches!(character, '*' | '?')));
                literal = false;
            }
        }
        parts
    };
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(('*', true)) => {
                star = Some((p, t));
                p += 1;
            }
            Some((character, wild)) if *wild || *character == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                // Back to the latest star, which takes one more.
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|part| *part == ('*', true))
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn wildcards() {
        for (pattern, text, matches) in [
            ("a*c", "abbc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("", "", true),
            ("*b*b*", "abab", true),
            ("a\\*c", "abc", false),
            ("a\\*c", "a*c", true),
            ("al2023-ami-*-x86_64", "al2023-ami-2023.6-x86_64", true),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} {text}");
        }
    }
}
