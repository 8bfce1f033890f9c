//! The control API: `/_castra/..` on the emulator's own port.
//!
//! | | |
//! |---|---|
//! | `GET clock`, `POST clock` | `{"now", "scale"}` or `{"now", "jumping"}`; set `scale` or `jumping`, or `advance_seconds`. `GET clock?until=TIMESTAMP` waits until the clock shows that: a program sleeps by it |
//! | `GET faults`, `POST faults`, `DELETE faults` | those in force; put a [`Fault`](crate::Fault) in force: `{"id"}`; end all |
//! | `DELETE faults/ID` | end one |
//! | `GET held`, `POST held/ID/release` | calls that wait; let one go on. `GET held?at_least=N` waits until there are so many |
//! | `GET log`, `DELETE log` | the request log, by `account`, `service`, `operation`, `after` (a number), `unknown=1`; forget it |
//! | `GET accounts`, `DELETE accounts/ID` | numbers of the accounts, and ids of the projects, that were used; forget one |
//! | `GET accounts/ID` | everything that it holds |
//! | `GET accounts/ID/settings`, `PATCH accounts/ID/settings` | its [`Settings`](crate::Settings), or a project's [`Settings`](crate::gcp::Settings); a JSON merge patch (RFC 7396) |
//! | `POST accounts/ID/snapshots` | takes one: `{"snapshot": NUMBER}` |
//! | `POST accounts/ID/restore` | `{"snapshot": NUMBER}`: brings it back, in this account or another |
//! | `GET health` | `{"ok": true}` |
//!
//! An account's id is its number, and a Google Cloud project's its id.
//!
//! The proxy has `faults`, `held`, `log` and `health`.

mod routes;
mod snapshots;

pub(crate) use routes::{answer, answer_proxy};
pub(crate) use snapshots::Snapshots;
