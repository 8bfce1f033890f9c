//! Another number of secondaries.

use castra_core::sizing::PoolSize;
use castra_core::spec::{Pool, Problem, Problems, Secondaries, Spec};
use castra_core::{Error, ErrorKind, Result};

/// The spec with another fixed number of secondaries.
///
/// # Errors
/// [`ErrorKind::InvalidSpec`] when the size isn't a fixed number: with `min` and `max` it is the autoscaler's, and
/// with `[capacity]` it follows from the work. Also beyond [`Secondaries::MOST`].
pub fn with_secondaries(spec: &Spec, count: u32) -> Result<Spec> {
    let (message, remedy) = match &spec.secondaries.pool {
        Pool::Sized(PoolSize::Fixed { .. }) if count <= Secondaries::MOST => {
            let mut spec = spec.clone();
            spec.secondaries.pool = Pool::Sized(PoolSize::Fixed { count });
            return Ok(spec);
        }
        Pool::Sized(PoolSize::Fixed { .. }) => (
            format!("{count} secondaries are more than the {} that a pool may have", Secondaries::MOST),
            "choose a larger machine type".to_owned(),
        ),
        Pool::Sized(PoolSize::Range { min, max, .. }) => (
            format!("the pool has min = {min} and max = {max}, so its size is the autoscaler's and can't be set"),
            "change min and max in the file and apply it, or put count in their place".to_owned(),
        ),
        Pool::ForCapacity(capacity) => (
            format!("[capacity] gives the size, for concurrent_runs = {}", capacity.concurrent_runs),
            "change [capacity] in the file and apply it, or put secondaries.count in its place".to_owned(),
        ),
    };
    let problems = Problems(vec![Problem { path: "secondaries.count".into(), message, remedy, line: None }]);
    Err(Error::new(ErrorKind::InvalidSpec, problems.to_string()).source(problems))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn spec(pool: &str, rest: &str) -> Spec {
        let text = format!(
            "name = 'demo'\n[provider]\nname = 'null'\n[network]\ncidr = '10.0.0.0/16'\n\
             [primaries]\nmachine_type = 'a'\nmemory = '16GiB'\n\
             [secondaries]\nmachine_type = 'a'\nmemory = '16GiB'\n{pool}\n\
             [load_balancer]\ncertificate = 'c'\n{rest}"
        );
        Spec::parse_core(&text).unwrap()
    }

    #[test]
    fn a_fixed_number_changes_and_nothing_else_does() {
        let five = spec("count = 5", "");
        assert_eq!(with_secondaries(&five, 8).unwrap(), spec("count = 8", ""));
        assert_eq!(with_secondaries(&five, 5).unwrap(), five);
        assert_eq!(with_secondaries(&five, 0).unwrap(), spec("count = 0", ""));
    }

    #[test]
    fn what_is_refused_names_what_stands_against_it() {
        let range = spec("min = 2\nmax = 10", "");
        let capacity = spec("", "[capacity]\nconcurrent_runs = 100");
        let fixed = spec("count = 5", "");
        for (spec, count, named) in [
            (range, 4, &["secondaries.count", "min = 2", "max = 10"][..]),
            (capacity, 4, &["[capacity]", "100"]),
            (fixed, 1001, &["1001", "1000"]),
        ] {
            let error = with_secondaries(&spec, count).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidSpec);
            for part in named {
                assert!(error.to_string().contains(part), "{error}");
            }
        }
    }
}
