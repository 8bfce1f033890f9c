//! AWS's published contract, reduced to what is served: the operations of each service, their members, what is
//! required, enums, patterns and ranges.
//!
//! The data under `contract/aws/` is generated from botocore's service models by `cargo xtask contract`, keeps their
//! format, and leaves out all prose. What the fields mean is in botocore's and Smithy's documentation of the wire
//! protocols (<https://smithy.io/2.0/aws/protocols/index.html>).
//!
//! Values travel through the emulator as [`serde_json::Value`], always in the *contract's* member names, whatever the
//! wire calls them:
//!
//! | shape | value |
//! |---|---|
//! | structure, map | object (a member that is missing or null is absent) |
//! | list | array |
//! | string | string |
//! | integer, long, float, double | number |
//! | boolean | boolean |
//! | timestamp | number: seconds since the Unix epoch, possibly fractional |
//! | blob | string: base64 of the bytes |

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

/// One service: its operations and the shapes that these refer to.
#[derive(Debug, Deserialize)]
pub(crate) struct Contract {
    pub(crate) metadata: Metadata,
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) shapes: HashMap<String, Shape>,
    /// Names of operations that AWS has and the emulator doesn't: they are told apart from operations that nobody has.
    #[serde(default)]
    pub(crate) unserved: BTreeSet<String>,
}

/// What holds for the service as a whole.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) api_version: String,
    /// The first label of the service's host name, and the name in a signature's scope unless `signing_name` differs.
    pub(crate) endpoint_prefix: String,
    #[cfg(test)]
    #[serde(default)]
    pub(crate) signing_name: Option<String>,
    /// The protocols in the order that clients prefer them.
    pub(crate) protocols: Vec<Protocol>,
    #[serde(default)]
    pub(crate) json_version: Option<String>,
    #[serde(default)]
    pub(crate) target_prefix: Option<String>,
    #[serde(default)]
    pub(crate) xml_namespace: Option<String>,
    /// Present when errors carry the code of the service's older query protocol in `x-amzn-query-error`.
    #[serde(default)]
    pub(crate) aws_query_compatible: Option<serde_json::Value>,
}

/// How requests and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Protocol {
    /// EC2's own variant of the query protocol.
    #[serde(rename = "ec2")]
    Ec2,
    /// Form parameters in, XML out.
    #[serde(rename = "query")]
    Query,
    /// JSON in and out, the operation in `X-Amz-Target`.
    #[serde(rename = "json")]
    Json,
    /// The operation in method and path, XML in and out.
    #[serde(rename = "rest-xml")]
    RestXml,
    /// CBOR in and out, the operation in the path.
    #[serde(rename = "smithy-rpc-v2-cbor")]
    Cbor,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) http: Http,
    #[serde(default)]
    pub(crate) input: Option<Reference>,
    #[serde(default)]
    pub(crate) output: Option<Reference>,
    /// Names of the error shapes that it may answer with.
    #[serde(default)]
    pub(crate) errors: Vec<Reference>,
}

impl Operation {
    /// Whether it may change something, by its name.
    pub(crate) fn changes(&self) -> bool {
        !["Describe", "Get", "Head", "List"].iter().any(|reads| self.name.starts_with(reads))
    }
}

/// Where an operation lives over HTTP.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) request_uri: String,
    #[serde(default)]
    pub(crate) response_code: Option<u16>,
}

/// A use of a shape: as an input, an output, a member, a list's element, a map's key or value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference {
    pub(crate) shape: String,
    #[serde(default)]
    pub(crate) location_name: Option<String>,
    #[serde(default)]
    pub(crate) location: Option<Location>,
    /// EC2 only: the name in a request, where it isn't the location name with a capital.
    #[serde(default)]
    pub(crate) query_name: Option<String>,
    /// Query only: the element around the result.
    #[serde(default)]
    pub(crate) result_wrapper: Option<String>,
    #[serde(default)]
    pub(crate) xml_namespace: Option<Namespace>,
    #[serde(default)]
    pub(crate) xml_attribute: bool,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(default)]
    pub(crate) timestamp_format: Option<TimestampFormat>,
}

/// Where a member of a REST operation travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Location {
    Uri,
    #[serde(rename = "querystring")]
    QueryString,
    Header,
    Headers,
    StatusCode,
}

/// An XML namespace; botocore writes it as text for a service and as an object elsewhere.
#[derive(Debug, Deserialize)]
pub(crate) struct Namespace {
    pub(crate) uri: String,
    #[serde(default)]
    pub(crate) prefix: Option<String>,
}

/// How a timestamp is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum TimestampFormat {
    #[serde(rename = "iso8601")]
    Iso8601,
    #[serde(rename = "rfc822")]
    Rfc822,
    #[serde(rename = "unixTimestamp")]
    Unix,
}

/// A shape with the constraints that AWS publishes for it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: ShapeKind,
    /// Members of a structure, in the order of the contract.
    #[serde(default)]
    pub(crate) members: Members,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    /// The member that is the whole body.
    #[serde(default)]
    pub(crate) payload: Option<String>,
    /// Element of a list.
    #[serde(default)]
    pub(crate) member: Option<Box<Reference>>,
    /// Key of a map.
    #[serde(default)]
    pub(crate) key: Option<Box<Reference>>,
    /// Value of a map.
    #[serde(default)]
    pub(crate) value: Option<Box<Reference>>,
    #[serde(default)]
    pub(crate) flattened: bool,
    #[serde(default, rename = "enum")]
    pub(crate) one_of: Vec<String>,
    #[serde(default)]
    pub(crate) pattern: Option<String>,
    #[serde(default)]
    pub(crate) min: Option<f64>,
    #[serde(default)]
    pub(crate) max: Option<f64>,
    #[serde(default)]
    pub(crate) timestamp_format: Option<TimestampFormat>,
    #[serde(default)]
    pub(crate) sensitive: bool,
    #[serde(default)]
    pub(crate) location_name: Option<String>,
    #[serde(default)]
    pub(crate) xml_namespace: Option<Namespace>,
    #[serde(default)]
    pub(crate) exception: bool,
    /// The error's wire code and status, where they aren't the shape's name and 400.
    #[serde(default)]
    pub(crate) error: Option<ErrorTrait>,
}

/// What kind of shape it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ShapeKind {
    Structure,
    List,
    Map,
    String,
    Character,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Blob,
    Timestamp,
}

/// How an error shape shows on the wire.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorTrait {
    #[serde(default)]
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) http_status_code: Option<u16>,
    #[serde(default)]
    pub(crate) sender_fault: Option<bool>,
}

/// A structure's members by name, in the order of the contract (which is the order that XML answers are written in).
#[derive(Debug, Default)]
pub(crate) struct Members(Vec<(String, Reference)>);

impl Members {
    /// The member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Reference> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, reference)| reference)
    }

    /// All of them with their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Reference)> {
        self.0.iter().map(|(name, reference)| (name.as_str(), reference))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a structure's members")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl Contract {
    /// The shape that a reference names.
    ///
    /// # Panics
    ///
    /// If the generated data is not closed, which its generator and a test make sure of.
    pub(crate) fn shape(&self, reference: &Reference) -> &Shape {
        &self.shapes[&reference.shape]
    }
}

impl Shape {
    /// Whether it is made of other shapes.
    pub(crate) fn is_aggregate(&self) -> bool {
        matches!(self.kind, ShapeKind::Structure | ShapeKind::List | ShapeKind::Map)
    }

    /// Whether its bounds are those of its value rather than of its length.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.kind, ShapeKind::Integer | ShapeKind::Long | ShapeKind::Float | ShapeKind::Double)
    }
}
