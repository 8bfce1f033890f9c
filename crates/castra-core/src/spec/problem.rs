//! What is wrong with a spec.

use std::fmt;

use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// One thing wrong with a spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field, such as `secondaries.max`; for text that isn't TOML, the line and column.
    pub path: String,
    /// What is wrong, with the offending value unless that could be a secret.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// The line in the file, from 1; absent for what the file lacks, or if there is no file.
    pub line: Option<usize>,
}

impl Problem {
    /// A problem that no line of a file shows, such as one that only the cloud's answer brings up.
    pub fn new(path: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), remedy: remedy.into(), line: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.message, self.remedy)
    }
}

/// All that is wrong with a spec, in the order of the file. Display gives each a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether one of them is about this field.
    pub fn concern(&self, path: &str) -> bool {
        self.0.iter().any(|problem| problem.path == path)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl From<Problems> for Error {
    /// An error of kind [`ErrorKind::InvalidSpec`] with every problem in its message and the problems as its source.
    fn from(problems: Problems) -> Self {
        Self::new(ErrorKind::InvalidSpec, problems.to_string()).source(problems)
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
