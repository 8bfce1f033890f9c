//! Filters of lists, in both of Compute Engine's languages: AIP-160 (`name = a AND labels.b:*`) and regular expressions
//! (`name eq 'a.*'`). The discovery document's `filter` has the rules; <https://google.aip.dev/160> the grammar.

use regex::Regex;
use serde_json::{Map, Value};

use super::error::ApiError;

/// A filter.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Is { field: String, operator: Operator },
}

/// What is asked of a field.
#[derive(Debug, Clone)]
pub(crate) enum Operator {
    /// `=`, in which `*` stands for anything.
    Equals(String),
    /// `!=`.
    Differs(String),
    /// `:`; `*` asks only that it is there.
    Has(String),
    Less(f64, String),
    LessOrEqual(f64, String),
    Greater(f64, String),
    GreaterOrEqual(f64, String),
    /// `eq`: the whole of it matches.
    Matches(Regex),
    /// `ne`.
    Doesnt(Regex),
}

/// How deep parentheses may be nested.
const DEPTH: usize = 32;

impl Filter {
    /// Reads one; nothing filters nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let mut reader = Reader { rest: text.trim_start() };
        let parsed = if reader.rest.is_empty() { Some(Self::All(Vec::new())) } else { reader.sequence(0) };
        parsed.filter(|_| reader.rest.is_empty()).ok_or_else(|| {
            let message = format!("Invalid value for field 'filter': '{text}'. Invalid list filter expression.");
            ApiError::invalid(message)
        })
    }

    /// Whether a document passes.
    pub(crate) fn passes(&self, document: &Map<String, Value>) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.passes(document)),
            Self::Any(filters) => filters.iter().any(|filter| filter.passes(document)),
            Self::Not(filter) => !filter.passes(document),
            Self::Is { field, operator } => {
                let mut found = Vec::new();
                values(document, field, &mut found);
                operator.passes(&found)
            }
        }
    }
}

/// The values of a field, through lists.
fn values<'d>(document: &'d Map<String, Value>, field: &str, found: &mut Vec<&'d Value>) {
    // Names of labels may have dots.
    if let Some(value) = document.get(field) {
        found.push(value);
        return;
    }
    let Some((first, rest)) = field.split_once('.') else { return };
    match document.get(first) {
        Some(Value::Object(below)) => values(below, rest, found),
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_object).for_each(|below| values(below, rest, found));
        }
        _ => {}
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Operator {
    fn passes(&self, found: &[&Value]) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| found.iter().any(|value| each(value, test));
        let number = |test: &dyn Fn(f64) -> bool, text: &dyn Fn(&str) -> bool| {
            any(&|shown| shown.parse::<f64>().map_or_else(|_| text(shown), test))
        };
        match self {
            Self::Equals(wanted) => any(&|shown| equals(shown, wanted)),
            Self::Differs(wanted) => !any(&|shown| equals(shown, wanted)),
            Self::Has(wanted) if wanted == "*" => !found.is_empty(),
            Self::Has(wanted) => {
                let wanted = wanted.to_lowercase();
                found.iter().any(|value| match value {
                    Value::Object(map) => map.contains_key(&wanted),
                    value => each(value, &|shown| shown.to_lowercase().contains(&wanted)),
                })
            }
            Self::Less(than, text) => number(&|number| number < *than, &|shown| shown < text.as_str()),
            Self::LessOrEqual(than, text) => number(&|number| number <= *than, &|shown| shown <= text.as_str()),
            Self::Greater(than, text) => number(&|number| number > *than, &|shown| shown > text.as_str()),
            Self::GreaterOrEqual(than, text) => number(&|number| number >= *than, &|shown| shown >= text.as_str()),
            Self::Matches(pattern) => any(&|shown| pattern.is_match(shown)),
            Self::Doesnt(pattern) => !any(&|shown| pattern.is_match(shown)),
        }
    }
}

/// Whether it holds of a value, or of one in a list.
fn each(value: &Value, test: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| test(&shown(item))),
        value => test(&shown(value)),
    }
}

fn equals(shown: &str, wanted: &str) -> bool {
    if wanted.contains('*') {
        let parts: Vec<String> = wanted.split('*').map(regex::escape).collect();
        return Regex::new(&format!("^(?:{})$", parts.join(".*"))).is_ok_and(|pattern| pattern.is_match(shown));
    }
    shown == wanted
}

/// What reads a filter.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default().trim_start();
    }

    /// Takes a word if it comes next.
    fn word(&mut self, word: &str) -> bool {
        let next = self.rest.strip_prefix(word);
        let found = next.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '(', '\t']));
        if found {
            self.skip(word.len());
        }
        found
    }

    /// Expressions one after another: all of them, as with `AND`; `OR` binds more tightly.
    fn sequence(&mut self, depth: usize) -> Option<Filter> {
        let mut all = vec![self.alternatives(depth)?];
        while !self.rest.is_empty() && !self.rest.starts_with(')') {
            self.word("AND");
            all.push(self.alternatives(depth)?);
        }
        if all.len() == 1 { all.pop() } else { Some(Filter::All(all)) }
    }

    fn alternatives(&mut self, depth: usize) -> Option<Filter> {
        let mut any = vec![self.term(depth)?];
        while self.word("OR") {
            any.push(self.term(depth)?);
        }
        if any.len() == 1 { any.pop() } else { Some(Filter::Any(any)) }
    }

    fn term(&mut self, depth: usize) -> Option<Filter> {
        if depth > DEPTH {
            return None;
        }
        if self.word("NOT")
            || (self.rest.starts_with('-') && {
                self.skip(1);
                true
            })
        {
            return Some(Filter::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.rest.starts_with('(') {
            self.skip(1);
            let within = self.sequence(depth + 1)?;
            return self.rest.starts_with(')').then(|| {
                self.skip(1);
                within
            });
        }
        self.restriction()
    }

    fn restriction(&mut self) -> Option<Filter> {
        let end = self.rest.find(|c: char| c.is_whitespace() || "=!<>:()".contains(c)).unwrap_or(self.rest.len());
        let field = self.rest.get(..end).filter(|field| !field.is_empty())?.to_owned();
        self.skip(end);
        for (word, matches) in [("eq", true), ("ne", false)] {
            let follows = self.rest.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\'', '"', '\t']));
            if follows {
                self.skip(word.len());
                let pattern = Regex::new(&format!("^(?:{})$", self.literal(true)?)).ok()?;
                let operator = if matches { Operator::Matches(pattern) } else { Operator::Doesnt(pattern) };
                return Some(Filter::Is { field, operator });
            }
        }
        let operator = ["!=", "<=", ">=", "=", "<", ">", ":"].into_iter().find(|sign| self.rest.starts_with(*sign))?;
        self.skip(operator.len());
        let text = self.literal(false)?;
        let number = text.parse::<f64>().unwrap_or(f64::NAN);
        let operator = match operator {
            "!=" => Operator::Differs(text),
            "<=" => Operator::LessOrEqual(number, text),
            ">=" => Operator::GreaterOrEqual(number, text),
            "<" => Operator::Less(number, text),
            ">" => Operator::Greater(number, text),
            ":" => Operator::Has(text),
            _ => Operator::Equals(text),
        };
        Some(Filter::Is { field, operator })
    }

    /// A literal, in quotes or without; one that is a regular expression may have parentheses of its own.
    fn literal(&mut self, regex: bool) -> Option<String> {
        let quote = self.rest.chars().next().filter(|first| "'\"".contains(*first));
        if let Some(quote) = quote {
            let within = self.rest.get(1..)?;
            let end = within.find(quote)?;
            let text = within.get(..end)?.to_owned();
            self.skip(end + 2);
            return Some(text);
        }
        let mut open = 0_usize;
        let mut end = self.rest.len();
        for (at, character) in self.rest.char_indices() {
            match character {
                '(' if regex => open += 1,
                ')' if open > 0 => open -= 1,
                ')' => {
                    end = at;
                    break;
                }
                character if character.is_whitespace() && open == 0 => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let text = self.rest.get(..end).filter(|text| !text.is_empty())?.to_owned();
        self.skip(end);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn both_languages_are_understood() {
        let document = json!({
            "name": "web-1", "status": "RUNNING", "size": 3, "id": "42", "preemptible": false,
            "labels": { "role": "web", "a.b": "c" }, "scheduling": { "automaticRestart": true },
            "networkInterfaces": [{ "network": "n1" }, { "network": "n2" }], "tags": ["x", "y"],
        });
        let Value::Object(document) = document else { unreachable!() };
        for (filter, passes) in [
            ("", true),
            ("name = web-1", true),
            ("name=web-1", true),
            ("name=\"web-1\"", true),
            ("name = web-*", true),
            ("name != web-1", false),
            ("name eq web-.*", true),
            ("name eq '(web|db)-[0-9]'", true),
            ("name eq (web|db)-[0-9]", true),
            ("name eq web", false),
            ("name ne .*1", false),
            ("(name eq web.*) (status ne STOPPED)", true),
            ("(name = a) OR (name = web-1)", true),
            ("name = web-1 AND status = STOPPED", false),
            ("(status = RUNNING) OR (status = X) AND (name = y)", false),
            ("NOT status = RUNNING", false),
            ("-status = STOPPED", true),
            ("size > 2", true),
            ("size >= 4", false),
            ("id < 100", true),
            ("labels.role:*", true),
            ("labels.none:*", false),
            ("labels.a.b = c", true),
            ("labels:role", true),
            ("name:WEB", true),
            ("scheduling.automaticRestart = true", true),
            ("networkInterfaces.network = n2", true),
            ("tags = y", true),
            ("nothing = x", false),
            ("nothing != x", true),
        ] {
            assert_eq!(Filter::parse(filter).unwrap().passes(&document), passes, "{filter}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for filter in ["name", "= x", "(name = x", "name = x)", "name eq (", "name ~ x", "name =", "()", "OR"] {
            let error = Filter::parse(filter).unwrap_err();
            assert_eq!((error.status, error.reason.as_str()), (400, "invalid"), "{filter}");
        }
        assert!(Filter::parse(&"(".repeat(10_000)).is_err());
        assert!(Filter::parse(&"NOT ".repeat(10_000)).is_err());
    }
}
