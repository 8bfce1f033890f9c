//! Google's published contract of a service, as the reduced discovery documents carry it.
//!
//! The data under `contract/gcp/` is generated from the documents that google-api-python-client ships by
//! `cargo xtask contract`, and keeps their words (<https://developers.google.com/discovery/v1/type-format>).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::Value;

/// One service.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Contract {
    #[expect(dead_code, reason = "for whoever reads the data")]
    source: String,
    #[expect(dead_code, reason = "as above")]
    revision: String,
    #[expect(dead_code, reason = "as above")]
    name: String,
    #[expect(dead_code, reason = "as above")]
    version: String,
    /// What every path begins with: `compute/v1/`, or nothing.
    pub(crate) service_path: String,
    /// The query parameters that every method takes.
    pub(crate) parameters: BTreeMap<String, Parameter>,
    /// By id: `compute.networks.insert`.
    pub(crate) methods: BTreeMap<String, Method>,
    pub(crate) schemas: BTreeMap<String, Schema>,
    /// Methods that Google serves and the emulator doesn't.
    pub(crate) unserved: BTreeMap<String, Unserved>,
}

/// A method.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Method {
    /// Its id, which the loader puts here.
    #[serde(skip)]
    pub(crate) id: String,
    pub(crate) http_method: String,
    /// The path's template: `projects/{project}/global/networks`, or with whole names, `v1/{+name}`.
    pub(crate) path: String,
    /// The path's template without whole names, where it differs.
    #[serde(default)]
    flat_path: Option<String>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    /// The schema of the body.
    #[serde(default)]
    pub(crate) request: Option<String>,
    /// The schema of the answer; none = no content.
    #[serde(default)]
    pub(crate) response: Option<String>,
}

/// As much of a method as it takes to recognise it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Unserved {
    pub(crate) http_method: String,
    path: String,
    #[serde(default)]
    flat_path: Option<String>,
}

impl Unserved {
    pub(crate) fn flat_path(&self) -> &str {
        self.flat_path.as_deref().unwrap_or(&self.path)
    }
}

/// A parameter of a path or a query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) location: Location,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) repeated: bool,
    #[serde(flatten)]
    pub(crate) of: Scalar,
}

/// Where a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Location {
    Path,
    Query,
}

/// How much memory a pattern may take, in bytes.
pub(crate) const SIZE: usize = 1 << 26;

/// What a single value may be.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scalar {
    #[serde(rename = "type", default)]
    pub(crate) kind: Option<Kind>,
    #[serde(default)]
    pub(crate) format: Option<String>,
    #[serde(rename = "enum", default)]
    pub(crate) values: BTreeSet<String>,
    #[serde(default)]
    pub(crate) pattern: Option<String>,
    #[serde(default)]
    pub(crate) minimum: Option<String>,
    #[serde(default)]
    pub(crate) maximum: Option<String>,
    #[serde(default)]
    pub(crate) default: Option<String>,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

impl Scalar {
    /// Whether a text is as the pattern wants it, from its beginning to its end.
    pub(crate) fn fits(&self, text: &str) -> bool {
        // Some repeat large classes hundreds of times.
        let compile = || {
            let whole = format!("^(?:{})$", self.pattern.as_deref()?);
            RegexBuilder::new(&whole).size_limit(SIZE).build().ok()
        };
        self.compiled.get_or_init(compile).as_ref().is_none_or(|pattern| pattern.is_match(text))
    }
}

/// A JSON type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    Any,
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

/// A schema, or one of its parts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schema {
    #[serde(flatten)]
    pub(crate) of: Scalar,
    /// Whether only the server writes it: what a request says is ignored.
    #[serde(default)]
    pub(crate) read_only: bool,
    /// The methods whose bodies must have it.
    #[serde(default)]
    pub(crate) required_for: Vec<String>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Schema>,
    /// What an array holds.
    #[serde(default)]
    pub(crate) items: Option<Box<Schema>>,
    /// What a map holds.
    #[serde(default)]
    pub(crate) additional_properties: Option<Box<Schema>>,
    /// The schema that this stands for.
    #[serde(rename = "$ref", default)]
    pub(crate) reference: Option<String>,
}

impl Contract {
    /// Reads one; methods come to know their ids.
    pub(crate) fn parse(data: &str) -> Result<Self, serde_json::Error> {
        let mut contract: Self = serde_json::from_str(data)?;
        for (id, method) in &mut contract.methods {
            method.id.clone_from(id);
        }
        Ok(contract)
    }

    /// What a schema's part is in truth: what it refers to, if it does.
    pub(crate) fn resolve<'c>(&'c self, schema: &'c Schema) -> &'c Schema {
        let referred = schema.reference.as_ref().and_then(|name| self.schemas.get(name));
        referred.unwrap_or(schema)
    }

    /// What a schema says that documents of it call themselves: `compute#network`.
    pub(crate) fn kind_of(&self, schema: &str) -> Option<&str> {
        self.schemas.get(schema)?.properties.get("kind")?.of.default.as_deref()
    }
}

impl Method {
    /// The path's template without whole names.
    pub(crate) fn flat_path(&self) -> &str {
        self.flat_path.as_deref().unwrap_or(&self.path)
    }

    /// The id without its service: `networks.insert`.
    pub(crate) fn operation(&self) -> &str {
        self.id.split_once('.').map_or(&*self.id, |(_, operation)| operation)
    }

    /// What it does to its resource: `insert`.
    pub(crate) fn verb(&self) -> &str {
        self.id.rsplit_once('.').map_or(&*self.id, |(_, verb)| verb)
    }

    /// What of: `networks`, `projects.serviceAccounts`.
    pub(crate) fn resource(&self) -> &str {
        self.operation().rsplit_once('.').map_or("", |(resource, _)| resource)
    }

    /// Whether it may change something.
    pub(crate) fn changes(&self) -> bool {
        let reads = ["getIamPolicy", "testIamPermissions", "wait", "validate", "getHealth"];
        self.http_method != "GET" && !reads.contains(&self.verb()) && !self.verb().starts_with("list")
    }
}

/// The default of a scalar as JSON.
pub(crate) fn default_of(scalar: &Scalar) -> Option<Value> {
    let text = scalar.default.as_ref()?;
    match scalar.kind {
        Some(Kind::Boolean) => text.parse().ok().map(Value::Bool),
        Some(Kind::Integer) => text.parse::<i64>().ok().map(Value::from),
        Some(Kind::Number) => text.parse::<f64>().ok().map(Value::from),
        _ => Some(Value::from(text.as_str())),
    }
}
