//! Live lines on a terminal: one for each resource that is worked on, above a footer.

use castra::core::Address;
use castra::{Action, Event};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Show, line};

/// The most resources that have a line at once; the footer counts the rest.
const LINES: usize = 14;

/// One live line for each resource, a footer, and what is done scrolling up.
#[derive(Debug)]
pub(crate) struct Terminal {
    screen: MultiProgress,
    footer: ProgressBar,
    running: Vec<Running>,
    steps: usize,
    done: usize,
    failed: usize,
}

/// A resource that is worked on.
#[derive(Debug)]
struct Running {
    address: Address,
    action: Action,
    /// Counts the time from its beginning, on the screen or not.
    bar: ProgressBar,
    shown: bool,
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let screen = MultiProgress::new();
        let footer = screen.add(ProgressBar::no_length().with_style(style("{spinner:.cyan} {wide_msg}")));
        Self { screen, footer, running: Vec::new(), steps: 0, done: 0, failed: 0 }
    }

    fn print(&self, line: &str) {
        // A terminal that can't be written to can't be told about either.
        let _ = self.screen.println(line);
    }

    fn start(&mut self, address: &Address, action: Action) {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_style(style("  {prefix} {elapsed:>4} {wide_msg:.dim}"))
            .with_prefix(line::doing(address, action));
        self.running.push(Running { address: address.clone(), action, bar, shown: false });
        self.fill();
    }

    fn end(&mut self, address: &Address, action: Action) {
        if let Some(index) = self.running.iter().position(|step| step.address == *address && step.action == action) {
            let step = self.running.remove(index);
            step.bar.finish_and_clear();
            if step.shown {
                self.screen.remove(&step.bar);
            }
        }
        self.fill();
    }

    /// Gives the oldest steps a line, as far as there is room.
    fn fill(&mut self) {
        let shown = self.running.iter().filter(|step| step.shown).count();
        for step in self.running.iter_mut().filter(|step| !step.shown).take(LINES.saturating_sub(shown)) {
            step.shown = true;
            let bar = self.screen.insert_before(&self.footer, step.bar.clone());
            bar.tick();
        }
        self.summarise();
    }

    fn summarise(&self) {
        if self.steps == 0 {
            return;
        }
        let mut parts = vec![format!("{}/{} done", self.done, self.steps)];
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        parts.push(format!("{} in progress", self.running.len()));
        self.footer.set_message(parts.join(", "));
    }

    /// The line of the step that waits.
    fn waits(&self, address: Option<&Address>) -> Option<&ProgressBar> {
        self.running.iter().find(|step| Some(&step.address) == address).map(|step| &step.bar)
    }
}

impl Show for Terminal {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Surveying { cluster } => self.footer.set_message(format!("looking at {cluster}")),
            Event::Lease { message } => self.print(message),
            Event::Note { message } => self.print(&format!("note: {message}")),
            Event::RunStarted { steps, .. } => {
                self.steps = *steps;
                self.summarise();
            }
            Event::StepStarted { address, action } => self.start(address, *action),
            Event::Waiting { address, what, observed } => {
                let text = line::waiting(what, observed);
                match self.waits(address.as_ref()) {
                    Some(bar) => bar.set_message(text),
                    None => self.footer.set_message(format!("{}/{} done, {text}", self.done, self.steps)),
                }
            }
            Event::StepDone { address, action, id, took } => {
                self.done += 1;
                self.end(address, *action);
                self.print(&line::done(address, *action, id.as_deref(), *took));
            }
            Event::StepFailed { address, action, error } => {
                self.failed += 1;
                self.end(address, *action);
                self.print(&line::failed(address, *action, error));
            }
            _ => {}
        }
    }

    fn message(&mut self, text: &str) {
        self.print(text);
    }

    fn tick(&mut self) {
        for step in self.running.iter().filter(|step| step.shown) {
            step.bar.tick();
        }
        self.footer.tick();
    }

    fn moves(&self) -> bool {
        true
    }

    fn finish(&mut self) {
        for step in self.running.drain(..) {
            step.bar.finish_and_clear();
        }
        self.footer.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(index: usize) -> Address {
        Address::new("subnet", format!("s{index}"))
    }

    #[test]
    fn lines_are_given_to_the_oldest_and_passed_on() {
        let mut terminal = Terminal::new();
        terminal.screen.set_draw_target(ProgressDrawTarget::hidden());
        terminal.event(&Event::RunStarted { run: "r".into(), steps: 20 });
        for index in 0..20 {
            terminal.event(&Event::StepStarted { address: address(index), action: Action::Create });
        }
        let shown = |terminal: &Terminal| terminal.running.iter().filter(|step| step.shown).count();
        assert_eq!((shown(&terminal), terminal.running.len()), (LINES, 20));
        terminal.event(&Event::StepFailed { address: address(0), action: Action::Create, error: "no".into() });
        assert_eq!((shown(&terminal), terminal.running.len(), terminal.failed), (LINES, 19, 1));
        assert!(terminal.running[LINES - 1].shown && !terminal.running[LINES].shown);
        assert_eq!(terminal.footer.message(), "0/20 done, 1 failed, 19 in progress");
    }

    #[test]
    fn a_wait_shows_with_its_resource() {
        let mut terminal = Terminal::new();
        terminal.screen.set_draw_target(ProgressDrawTarget::hidden());
        for index in 0..2 {
            terminal.event(&Event::StepStarted { address: address(index), action: Action::Create });
        }
        let wait = |address, what: &str| Event::Waiting { address, what: what.into(), observed: "pending".into() };
        terminal.event(&wait(Some(address(1)), "subnet-1 to become available"));
        assert_eq!(terminal.running[1].bar.message(), "waiting for subnet-1 to become available (pending)");
        terminal.event(&wait(None, "something else"));
        assert!(terminal.footer.message().contains("waiting for something else (pending)"));
        assert_eq!(terminal.running[0].bar.message(), "");
    }
}
