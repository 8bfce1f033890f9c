//! Why a command came to nothing.

use castra::core::spec::{Problem, Problems};
use castra::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::exit::Exit;

/// Why a command came to nothing: an error and how it ends the command.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    exit: Exit,
    /// What the operator knows the spec by, when it is in the spec.
    place: Option<String>,
}

impl Failure {
    /// A mistake in the command line that its definition can't tell.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { error: Error::new(ErrorKind::Invalid, message), exit: Exit::Usage, place: None }
    }

    /// Names the file that the spec came from.
    pub(crate) fn in_file(mut self, file: &std::path::Path) -> Self {
        self.place.get_or_insert_with(|| file.display().to_string());
        self
    }

    /// How it ends the command.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// All that is wrong with the spec, if that is it.
    fn problems(&self) -> Option<&[Problem]> {
        std::error::Error::source(&self.error)?.downcast_ref::<Problems>().map(|problems| problems.0.as_slice())
    }

    /// For people: the error as [`told`], or a line for each problem of the spec.
    pub(crate) fn to_text(&self) -> String {
        let Some(problems) = self.problems() else { return told(&self.error) };
        let place = self.place.as_deref().unwrap_or("the spec");
        let many = if problems.len() == 1 { "1 problem" } else { &format!("{} problems", problems.len()) };
        problems.iter().fold(format!("error: {place} is not a valid spec: {many}\n"), |text, problem| {
            match problem.line {
                Some(line) => format!("{text}  {place}:{line}: {problem}\n"),
                None => format!("{text}  {place}: {problem}\n"),
            }
        })
    }

    /// For programs: the result object.
    pub(crate) fn to_json(&self) -> Value {
        let mut result = json!({ "result": "error", "exit_code": self.exit.code(), "error": self.error.to_json() });
        if let Some(problems) = self.problems() {
            result["file"] = json!(self.place);
            result["problems"] = json!(problems);
        }
        result
    }
}

/// How long an error may be in one line.
const LINE: usize = 120;

/// An error for people: in one line if it fits, else what happened, what was seen last, what the cloud said and what to
/// do below each other.
pub(crate) fn told(error: &Error) -> String {
    let line = format!("error: {error}\n");
    if line.chars().count() <= LINE {
        return line;
    }
    let resource = error.address().map_or_else(String::new, |address| format!("{address}: "));
    let mut text = format!("error: {resource}{}\n", error.message());
    if let Some(seen) = error.last_seen() {
        // What was seen is a list of observations.
        text.push_str(&format!("  last seen: {}\n", seen.replace("; ", "\n             ")));
    }
    if let Some(cloud) = error.cloud_detail() {
        let said = [cloud.code.clone(), cloud.request_id.as_ref().map(|id| format!("request {id}"))];
        let said: Vec<String> = said.into_iter().flatten().collect();
        text.push_str(&format!("  the cloud: {} {}: {}\n", cloud.service, cloud.operation, said.join(", ")));
    }
    if let Some(remedy) = error.remedy_text() {
        text.push_str(&format!("  to do:     {remedy}\n"));
    }
    text
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = Exit::of(error.kind());
        Self { error, exit, place: None }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::path::Path;

    use super::*;

    #[test]
    fn every_problem_has_its_line() {
        let failure = Failure::from(castra::parse("name = 'Demo'\nnmae = 1").unwrap_err()).in_file(Path::new("a.toml"));
        let text = failure.to_text();
        assert!(text.starts_with("error: a.toml is not a valid spec: "), "{text}");
        assert!(text.contains("\n  a.toml:1: name: \"Demo\" ") && text.contains("\n  a.toml:2: nmae: "), "{text}");
        assert!(text.contains("\n  a.toml: network: "), "{text}");
        let json = failure.to_json();
        assert_eq!((&json["exit_code"], &json["file"]), (&json!(3), &json!("a.toml")));
        assert_eq!(json["problems"].as_array().unwrap().len(), text.lines().count() - 1);
    }

    #[test]
    fn an_error_that_is_long_is_laid_out() {
        let address = "autoscaling_group/secondaries".parse().unwrap();
        let message = "gave up waiting for demo-secondaries to have 5 machines in service after 1800 s";
        let error = Error::new(ErrorKind::Capacity, message)
            .seen("3 of 3 in service; demo-secondaries cannot launch machines in eu-central-1a: there are none")
            .remedy("choose another machine type")
            .resource(&address);
        assert_eq!(
            told(&error),
            "error: autoscaling_group/secondaries: gave up waiting for demo-secondaries to have 5 machines in service \
             after 1800 s\n  last seen: 3 of 3 in service\n             demo-secondaries cannot launch machines in \
             eu-central-1a: there are none\n  to do:     choose another machine type\n"
        );
    }

    #[test]
    fn an_error_says_what_to_do() {
        let error = Error::new(ErrorKind::Stale, "the cloud has changed").remedy("plan again");
        let failure = Failure::from(error);
        assert_eq!(failure.exit(), Exit::Stale);
        assert_eq!(failure.to_text(), "error: the cloud has changed; plan again\n");
        assert_eq!(failure.to_json()["error"]["remedy"], "plan again");
    }
}
