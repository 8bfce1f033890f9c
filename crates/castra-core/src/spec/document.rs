//! The file as a tree of values that know their place.

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::sensitive::shown;
use super::{Invalid, Problem, Problems};

/// One value of the file.
///
/// Debug shows its kind and not its content, which could be a secret.
#[derive(Clone)]
pub struct Node {
    pub(super) content: Content,
    pub(super) place: Option<Place>,
}

/// Where in the file something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Bytes from the beginning, for the order.
    pub(super) offset: usize,
    /// From 1, for the reader.
    pub(super) line: usize,
}

#[derive(Clone)]
pub(super) enum Content {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(toml::value::Datetime),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Where the key stands.
    pub(super) place: Option<Place>,
    pub(super) value: Node,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.kind())
    }
}

impl Node {
    /// Parses a file. Whatever isn't TOML is all reported, by line and column and without the text itself, which
    /// could be a secret.
    pub(super) fn parse(text: &str) -> Result<Self, Problems> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let lines = Lines::of(text);
        let mut problems: Vec<Problem> = errors
            .iter()
            .map(|error| {
                let (line, column) = lines.position(error.span().map_or(0, |span| span.start));
                syntax(line, column, format!("this isn't TOML: {}", error.message()))
            })
            .collect();
        let root = lines.table(table.get_ref(), &mut problems);
        if problems.is_empty() {
            Ok(Self { content: Content::Table(root), place: None })
        } else {
            problems.sort_by_key(|problem| problem.line);
            Err(Problems(problems))
        }
    }

    /// What kind of value it is, with its article.
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Text(_) => "a text",
            Content::Integer(_) => "a whole number",
            Content::Float(_) => "a number with a point",
            Content::Boolean(_) => "true or false",
            Content::Datetime(_) => "a date or time",
            Content::List(_) => "a list",
            Content::Table(_) => "a table",
        }
    }

    /// The text.
    ///
    /// # Errors
    ///
    /// When the value isn't a text.
    pub fn text(&self) -> Result<&str, Invalid> {
        match &self.content {
            Content::Text(text) => Ok(text),
            _ => Err(self.unlike("a text", "write it in quotes")),
        }
    }

    /// The whole number.
    ///
    /// # Errors
    ///
    /// When the value isn't a whole number.
    pub fn integer(&self) -> Result<i64, Invalid> {
        match &self.content {
            Content::Integer(integer) => Ok(*integer),
            _ => Err(self.unlike("a whole number", "write digits only, without quotes or a point")),
        }
    }

    /// The truth.
    ///
    /// # Errors
    ///
    /// When the value isn't `true` or `false`.
    pub fn boolean(&self) -> Result<bool, Invalid> {
        match &self.content {
            Content::Boolean(boolean) => Ok(*boolean),
            _ => Err(self.unlike("true or false", "write true or false, without quotes")),
        }
    }

    /// The elements.
    ///
    /// # Errors
    ///
    /// When the value isn't a list.
    pub fn list(&self) -> Result<&[Self], Invalid> {
        match &self.content {
            Content::List(list) => Ok(list),
            _ => Err(self.unlike("a list", "write it in square brackets")),
        }
    }

    pub(super) fn entries(&self) -> Result<&[Entry], Invalid> {
        match &self.content {
            Content::Table(entries) => Ok(entries),
            _ => Err(self.unlike("a table", "write it in braces, or as a [section] of its own")),
        }
    }

    /// The value of a key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.content {
            Content::Table(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            _ => None,
        }
    }

    fn unlike(&self, wanted: &str, remedy: &str) -> Invalid {
        let message = match &self.content {
            Content::Text(text) => format!("{} is a text, not {wanted}", shown(text)),
            Content::Integer(integer) => format!("{integer} is a whole number, not {wanted}"),
            Content::Float(float) => format!("{float} is a number with a point, not {wanted}"),
            Content::Boolean(boolean) => format!("{boolean} isn't {wanted}"),
            _ => format!("this is {}, not {wanted}", self.kind()),
        };
        Invalid::new(message, remedy)
    }
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        let content = match value {
            Value::String(text) => Content::Text(text.clone()),
            Value::Integer(integer) => Content::Integer(*integer),
            Value::Float(float) => Content::Float(*float),
            Value::Boolean(boolean) => Content::Boolean(*boolean),
            Value::Datetime(datetime) => Content::Datetime(*datetime),
            Value::Array(list) => Content::List(list.iter().map(Self::from).collect()),
            Value::Table(table) => return Self::from(table),
        };
        Self { content, place: None }
    }
}

impl From<&Table> for Node {
    fn from(table: &Table) -> Self {
        let entry = |(key, value)| Entry { key: String::clone(key), place: None, value: Self::from(value) };
        Self { content: Content::Table(table.iter().map(entry).collect()), place: None }
    }
}

impl From<&Node> for Value {
    fn from(node: &Node) -> Self {
        match &node.content {
            Content::Text(text) => Self::String(text.clone()),
            Content::Integer(integer) => Self::Integer(*integer),
            Content::Float(float) => Self::Float(*float),
            Content::Boolean(boolean) => Self::Boolean(*boolean),
            Content::Datetime(datetime) => Self::Datetime(*datetime),
            Content::List(list) => Self::Array(list.iter().map(Self::from).collect()),
            Content::Table(entries) => Self::Table(table_of(entries)),
        }
    }
}

/// The entries as a plain table.
pub(super) fn table_of(entries: &[Entry]) -> Table {
    entries.iter().map(|entry| (entry.key.clone(), Value::from(&entry.value))).collect()
}

fn syntax(line: usize, column: usize, message: String) -> Problem {
    Problem {
        path: format!("line {line}, column {column}"),
        message,
        remedy: "correct the line; https://toml.io shows how TOML is written".to_owned(),
        line: Some(line),
    }
}

/// The beginnings of a text's lines.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Line and column in characters, both from 1.
    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    fn place(&self, offset: usize) -> Place {
        Place { offset, line: self.position(offset).0 }
    }

    fn table(&self, table: &DeTable<'_>, problems: &mut Vec<Problem>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                place: Some(self.place(key.span().start)),
                value: self.node(value, problems),
            })
            .collect();
        entries.sort_by_key(|entry| entry.place);
        entries
    }

    fn node(&self, value: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Node {
        let offset = value.span().start;
        let mut too_large = || {
            let (line, column) = self.position(offset);
            problems.push(syntax(line, column, "this number is out of TOML's range".to_owned()));
        };
        let content = match value.get_ref() {
            DeValue::String(text) => Content::Text(text.to_string()),
            DeValue::Integer(integer) => {
                Content::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).unwrap_or_else(|_| {
                    too_large();
                    0
                }))
            }
            DeValue::Float(float) => Content::Float(float.as_str().parse().unwrap_or_else(|_| {
                too_large();
                0.0
            })),
            DeValue::Boolean(boolean) => Content::Boolean(*boolean),
            DeValue::Datetime(datetime) => Content::Datetime(*datetime),
            DeValue::Array(list) => Content::List(list.iter().map(|value| self.node(value, problems)).collect()),
            DeValue::Table(table) => Content::Table(self.table(table, problems)),
        };
        Node { content, place: Some(self.place(offset)) }
    }
}
