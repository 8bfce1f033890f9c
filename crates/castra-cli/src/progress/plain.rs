//! Plain lines on standard error, for logs.

use castra::Event;

use super::{Show, line};
use crate::output;

/// A line for each thing that ends, and for each thing that is waited for.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    steps: usize,
    ended: usize,
}

impl Plain {
    fn line(&mut self, event: &Event) -> Option<String> {
        let counted = |ended: &mut usize, steps: usize, line: String| {
            *ended += 1;
            let width = steps.to_string().len();
            Some(format!("[{ended:>width$}/{steps}] {line}"))
        };
        match event {
            Event::Surveying { cluster } => Some(format!("looking at {cluster}")),
            Event::Lease { message } => Some(message.clone()),
            Event::Note { message } => Some(format!("note: {message}")),
            Event::RunStarted { steps, .. } => {
                (self.steps, self.ended) = (*steps, 0);
                Some(format!("steps to do: {steps}"))
            }
            Event::Waiting { address, what, observed } => {
                let text = line::waiting(what, observed);
                Some(address.as_ref().map_or(text.clone(), |address| format!("{address}: {text}")))
            }
            Event::StepDone { address, action, id, took } => {
                counted(&mut self.ended, self.steps, line::done(address, *action, id.as_deref(), *took))
            }
            Event::StepFailed { address, action, error } => {
                counted(&mut self.ended, self.steps, line::failed(address, *action, error))
            }
            _ => None,
        }
    }
}

impl Show for Plain {
    fn event(&mut self, event: &Event) {
        if let Some(line) = self.line(event) {
            output::mutter(&format!("{line}\n"));
        }
    }

    fn message(&mut self, text: &str) {
        output::mutter(&format!("{text}\n"));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use castra::Action;
    use castra::core::Address;

    use super::*;

    #[test]
    fn ends_are_counted() {
        let mut plain = Plain::default();
        let address = Address::new("vpc", "main");
        let started = Event::StepStarted { address: address.clone(), action: Action::Create };
        let done = Event::StepDone { address: address.clone(), action: Action::Create, id: None, took: Duration::ZERO };
        let failed = Event::StepFailed { address, action: Action::Create, error: "no".into() };
        assert_eq!(plain.line(&Event::RunStarted { run: "r".into(), steps: 7 }).as_deref(), Some("steps to do: 7"));
        assert_eq!(plain.line(&started), None);
        assert!(plain.line(&done).is_some_and(|line| line.starts_with("[1/7] + vpc/main")));
        assert!(plain.line(&failed).is_some_and(|line| line.starts_with("[2/7] ! vpc/main")));
    }
}
