//! How the command ends.

use std::process::ExitCode;

use castra::ErrorKind;
use castra::Outcome;

/// How the command ends: the one table of its exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It is done, or there was nothing to do.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// `plan --detailed-exitcode`: there are changes to make. `sweep --detailed-exitcode`: something is left behind.
    Changes = 2,
    /// The spec is wrong; nothing was called, unless only the cloud could tell.
    InvalidSpec = 3,
    /// Another run works on the cluster.
    Locked = 4,
    /// It was asked to stop, and can be gone on with.
    Interrupted = 5,
    /// The saved plan is no longer what would be done.
    Stale = 6,
    /// The cluster is protected, or something that isn't its own is in the way.
    Refused = 7,
    /// It failed, and what it had done could not all be taken back.
    Stuck = 8,
    /// The command line is wrong. Not clap's own 2, which means changes here; 64 is `EX_USAGE` of sysexits(3).
    Usage = 64,
}

impl Exit {
    /// Every end, by its code.
    pub(crate) const ALL: [Self; 10] = [
        Self::Done,
        Self::Failed,
        Self::Changes,
        Self::InvalidSpec,
        Self::Locked,
        Self::Interrupted,
        Self::Stale,
        Self::Refused,
        Self::Stuck,
        Self::Usage,
    ];

    /// A third signal: the process ends at once. As a shell tells the end by SIGINT: 128 + 2.
    pub(crate) const ABANDONED: i32 = 130;

    /// The number.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, in a few words; the table of `castra --help` and of the README.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or nothing to do",
            Self::Failed => "failed",
            Self::Changes => "changes are pending, or something is left behind (--detailed-exitcode)",
            Self::InvalidSpec => "the spec is invalid",
            Self::Locked => "locked by another run",
            Self::Interrupted => "interrupted; the next apply goes on",
            Self::Stale => "the saved plan is stale",
            Self::Refused => "protected, or a conflict with something that isn't the cluster's",
            Self::Stuck => "failed, and what was done could not all be taken back (--on-failure undo)",
            Self::Usage => "wrong use of the command line",
        }
    }

    /// How an error ends the command.
    pub(crate) const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidSpec => Self::InvalidSpec,
            ErrorKind::Locked | ErrorKind::Fenced => Self::Locked,
            ErrorKind::Interrupted => Self::Interrupted,
            ErrorKind::Stale => Self::Stale,
            ErrorKind::Protected | ErrorKind::Conflict => Self::Refused,
            _ => Self::Failed,
        }
    }

    /// How a run's outcome ends the command.
    pub(crate) const fn of_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Complete => Self::Done,
            Outcome::Interrupted => Self::Interrupted,
            Outcome::Stuck { .. } => Self::Stuck,
            _ => Self::Failed,
        }
    }

    /// The table, for `--help`.
    pub(crate) fn table() -> String {
        Self::ALL.iter().fold(String::from("Exit codes:\n"), |table, exit| {
            format!("{table}  {:>2}  {}\n", exit.code(), exit.meaning())
        })
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use castra::Error;

    use super::*;

    #[test]
    fn the_codes_are_the_contract() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 64]);
    }

    #[test]
    fn every_kind_of_error_has_its_code() {
        for (kind, code) in [
            (ErrorKind::InvalidSpec, 3),
            (ErrorKind::Locked, 4),
            (ErrorKind::Fenced, 4),
            (ErrorKind::Interrupted, 5),
            (ErrorKind::Stale, 6),
            (ErrorKind::Protected, 7),
            (ErrorKind::Conflict, 7),
            (ErrorKind::Denied, 1),
            (ErrorKind::Credentials, 1),
            (ErrorKind::Quota, 1),
            (ErrorKind::Timeout, 1),
            (ErrorKind::Unavailable, 1),
            (ErrorKind::Invalid, 1),
            (ErrorKind::Unexpected, 1),
        ] {
            assert_eq!(Exit::of(kind).code(), code, "{kind:?}");
        }
    }

    #[test]
    fn every_outcome_has_its_code() {
        assert_eq!(Exit::of_outcome(&Outcome::Complete), Exit::Done);
        assert_eq!(Exit::of_outcome(&Outcome::Interrupted), Exit::Interrupted);
        let error = Error::new(ErrorKind::Conflict, "in the way");
        assert_eq!(Exit::of_outcome(&Outcome::Failed(vec![error])), Exit::Failed);
        let stuck = Outcome::Stuck { errors: Vec::new(), what: Vec::new(), how: String::new() };
        assert_eq!(Exit::of_outcome(&stuck), Exit::Stuck);
    }
}
