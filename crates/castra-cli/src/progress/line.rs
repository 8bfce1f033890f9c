//! The words for what happens to a resource.

use std::time::Duration;

use castra::Action;
use castra::core::Address;

/// The sign of an action, as in plans.
pub(super) const fn sign(action: Action) -> &'static str {
    match action {
        Action::Create => "+",
        Action::Update => "~",
        Action::Delete => "-",
        Action::Wait => "…",
    }
}

/// What is going on: `+ subnet/private-a  creating`.
pub(super) fn doing(address: &Address, action: Action) -> String {
    let verb = match action {
        Action::Create => "creating",
        Action::Update => "updating",
        Action::Delete => "deleting",
        Action::Wait => "waiting",
    };
    format!("{} {:<41} {verb:<8}", sign(action), address.to_string())
}

/// What was done: `+ subnet/private-a  created  subnet-0abc  1.2s`.
pub(super) fn done(address: &Address, action: Action, id: Option<&str>, took: Duration) -> String {
    let verb = match action {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Delete => "deleted",
        Action::Wait => "ready",
    };
    let id = id.map(|id| format!("  {}", short(id))).unwrap_or_default();
    format!("{} {:<41} {verb:<8}{id}  {}", sign(action), address.to_string(), span(took))
}

/// What failed, and why.
pub(super) fn failed(address: &Address, action: Action, error: &str) -> String {
    let error = error.strip_prefix(&format!("{address}: ")).unwrap_or(error);
    format!("! {:<41} {action} failed: {error}", address.to_string())
}

/// What is waited for.
pub(super) fn waiting(what: &str, observed: &str) -> String {
    if observed.is_empty() { format!("waiting for {what}") } else { format!("waiting for {what} ({observed})") }
}

/// An id without what all of its kind have in common: of `arn:aws:iam::1:role/x` the part after the account.
fn short(id: &str) -> &str {
    match id.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4)) {
        Some(name) if !name.is_empty() => name,
        _ => id,
    }
}

/// A span of time for people: `0.4s`, `12.0s`, `3m05s`.
pub(super) fn span(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 { format!("{:.1}s", took.as_secs_f64()) } else { format!("{}m{:02}s", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet() -> Address {
        Address::new("subnet", "private-a")
    }

    #[test]
    fn a_done_step_is_one_line() {
        let line = done(&subnet(), Action::Create, Some("subnet-0abc"), Duration::from_millis(1234));
        assert_eq!(line, "+ subnet/private-a                          created   subnet-0abc  1.2s");
        let line = done(&subnet(), Action::Delete, None, Duration::from_secs(185));
        assert_eq!(line, "- subnet/private-a                          deleted   3m05s");
    }

    #[test]
    fn an_address_is_not_said_twice() {
        let line = failed(&subnet(), Action::Create, "subnet/private-a: no room; choose another range");
        assert_eq!(line, "! subnet/private-a                          create failed: no room; choose another range");
    }

    #[test]
    fn long_names_are_told_by_what_differs() {
        assert_eq!(
            short("arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/net/demo/50dc"),
            "loadbalancer/net/demo/50dc"
        );
        assert_eq!(short("vpc-1"), "vpc-1");
    }
}
