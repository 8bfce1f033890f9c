//! What `castra-emulator` understands.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use castra_emulator::{Options, Pace, Settings, gcp};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// A loopback cloud for any client in any language.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) cloud: Cloud,
}

/// What to serve.
#[derive(Debug, Subcommand)]
pub(crate) enum Cloud {
    /// Serves AWS; prints its endpoint on one line when it listens.
    ///
    /// Point any client at the endpoint with AWS_ENDPOINT_URL. An access key id that is a twelve-digit number selects
    /// the account of that number, any secret key will do, and accounts don't see one another.
    Aws(Server),
    /// Serves Google Cloud; prints its endpoint on one line when it listens.
    ///
    /// Point any client's API endpoint at it, over http and without credentials. Any legal project id is a project, and
    /// projects don't see one another. The same server also serves AWS.
    Gcp(Server),
    /// Passes requests on to an HTTP endpoint, and lets go wrong with them what its control API is told to.
    Proxy(Proxy),
}

/// What is passed on, and where.
#[derive(Debug, Args)]
pub(crate) struct Proxy {
    /// The endpoint: http://HOST:PORT.
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
    /// The loopback port; 0 takes a free one.
    #[arg(long)]
    pub(crate) port: u16,
}

/// How clouds are served.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// The port; 0 takes a free one.
    #[arg(long)]
    port: u16,
    /// The address to listen on. No secret is ever checked: whoever reaches it may do everything.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// How many emulated seconds pass in a real one; 0 stops the clock.
    #[arg(long, default_value_t = 1.0, value_parser = scale)]
    scale: f64,
    /// Lets the clock jump to what happens next whenever no request is in flight.
    #[arg(long, conflicts_with = "scale")]
    jump: bool,
    /// How accounts and projects behave until they are told otherwise.
    #[arg(long, value_enum, default_value_t = Profile::Realistic)]
    profile: Profile,
    /// What chance is made from: the same seed and requests give the same ids and faults.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Appends a line of JSON to this file for each request.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Stops when standard input closes, so that it can't outlive whoever holds the other end.
    #[arg(long)]
    pub(crate) leash: bool,
}

/// How accounts and projects behave until they are told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// Things take as long as in the cloud, and what was written can be read after a while.
    Realistic,
    /// Things take as long as in the cloud, and what was written can be read at once.
    Calm,
    /// Everything happens at once and can be read at once.
    Instant,
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(scale) if f64::is_finite(scale) && scale >= 0.0 => Ok(scale),
        _ => Err("a number from 0 is needed".to_owned()),
    }
}

impl Server {
    /// As the library takes it.
    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        options.address = SocketAddr::new(self.host, self.port);
        options.pace = if self.jump { Pace::Jumping } else { Pace::Scaled(self.scale) };
        (options.settings, options.project_settings) = match self.profile {
            Profile::Realistic => (Settings::default(), gcp::Settings::default()),
            Profile::Calm => (Settings::calm(), gcp::Settings::calm()),
            Profile::Instant => (Settings::instant(), gcp::Settings::instant()),
        };
        options.seed = self.seed;
        options.log_file.clone_from(&self.log);
        options
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;

    fn options(line: &str) -> Result<Options, ErrorKind> {
        let words = ["castra-emulator", "aws"].into_iter().chain(line.split_whitespace());
        match Arguments::try_parse_from(words).map_err(|error| error.kind())?.cloud {
            Cloud::Aws(server) => Ok(server.options()),
            Cloud::Gcp(_) | Cloud::Proxy(_) => unreachable!("the words say aws"),
        }
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_port_is_enough_and_gives_the_defaults() {
        assert_eq!(format!("{:?}", options("--port 0").unwrap()), format!("{:?}", Options::default()));
        assert_eq!(options("").unwrap_err(), ErrorKind::MissingRequiredArgument);
    }

    #[test]
    fn every_choice_arrives() {
        let all = "--port 4566 --host ::1 --scale 60 --profile instant --seed 7 --log requests.jsonl --leash";
        let all = options(all).unwrap();
        assert_eq!(all.address, "[::1]:4566".parse().unwrap());
        assert_eq!(all.pace, Pace::Scaled(60.0));
        assert_eq!((all.settings, all.project_settings), (Settings::instant(), gcp::Settings::instant()));
        assert_eq!((all.seed, all.log_file), (7, Some("requests.jsonl".into())));
        assert_eq!(options("--port 0 --profile calm").unwrap().settings, Settings::calm());
        assert_eq!(options("--port 0 --jump").unwrap().pace, Pace::Jumping);
        assert_eq!(options("--port 0 --scale 0").unwrap().pace, Pace::Scaled(0.0));
    }

    #[test]
    fn time_has_one_pace_and_never_runs_back() {
        for scale in ["-1", "NaN", "inf", "fast"] {
            assert_eq!(options(&format!("--port 0 --scale={scale}")).unwrap_err(), ErrorKind::ValueValidation);
        }
        assert_eq!(options("--port 0 --scale 2 --jump").unwrap_err(), ErrorKind::ArgumentConflict);
    }
}
