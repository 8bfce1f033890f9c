//! The spec: what an operator asks for, in one small TOML file, validated as a whole.
//!
//! [`Spec::parse`] reads the text, lets the named backend read its own section, and answers with either a
//! [`Spec`] whose every field is typed and in range, or [`Problems`]: *all* that is wrong, each with its path, the
//! offending value and a remedy. Secrets never stand in a spec, only references to them ([`SecretRef`]), and no
//! message repeats a value that could be one.

mod address;
mod certificate;
mod disk;
mod document;
mod field;
mod file;
mod health;
mod invalid;
mod machine;
mod model;
mod name;
mod parse;
mod percent;
mod problem;
mod provider;
mod reader;
mod schema;
mod secret;
mod sections;
mod sensitive;
mod size;
mod span;
mod ssh;

#[cfg(test)]
mod broken_tests;
#[cfg(test)]
mod whole_tests;

pub use certificate::CertificateRef;
pub use disk::Disk;
pub use document::Node;
pub use field::Field;
pub use health::HealthCheck;
pub use invalid::Invalid;
pub use machine::MachineType;
pub use model::{Access, Exposure, LoadBalancer, Network, Pool, Primaries, Protection, Secondaries, Spec, SshAccess};
pub use name::ClusterName;
pub use percent::Percent;
pub use problem::{Problem, Problems};
pub use provider::{Draft, ProviderParser, ProviderSection};
pub use reader::Reader;
pub use schema::schema;
pub use secret::SecretRef;
pub use size::Size;
pub use span::Span;
pub use ssh::SshPublicKey;
