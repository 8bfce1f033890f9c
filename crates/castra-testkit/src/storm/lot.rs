//! Draws lives, and shortens one that goes wrong.

use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result, anyhow, bail};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine as _;

use super::cast::Cast;
use super::model::Model;
use crate::play::Play;

/// The variable that names the only life to be lived.
const SEED: &str = "CASTRA_STORM_SEED";
/// How many things happen in a life.
const ACTS: std::ops::RangeInclusive<usize> = 3..=8;
/// How often a life that went wrong is lived again, shortened.
const SHORTER: usize = 40;

/// Lives so many lives one after the other, drawn from as many seeds: those in which nobody meddles first.
pub(crate) async fn lives(play: &Play, count: usize) -> Result<()> {
    let seeds: Vec<u64> = match std::env::var(SEED) {
        Ok(seed) => vec![seed.parse().with_context(|| format!("{SEED} is no number"))?],
        Err(_) => (0u64..).take(count).collect(),
    };
    let strategy = Model::sequential_strategy(ACTS);
    let mut drawn = Vec::new();
    for seed in seeds {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let tree = strategy.new_tree(&mut runner).map_err(|reason| anyhow!("{reason}"))?;
        let meddled = tree.current().0.meddled;
        drawn.push((meddled, seed, tree));
    }
    drawn.sort_by_key(|(meddled, seed, _)| (*meddled, *seed));
    let mut cast = Cast::new(play);
    for (_, seed, mut tree) in drawn {
        let (life, acts, seen) = tree.current();
        let Err(mut wrong) = cast.live(life, &acts, || count_one(seen.as_deref())).await else { continue };
        let mut shortest = acts;
        for _ in 0..SHORTER {
            // On a stage that can't be cleared nothing more is learnt.
            if !cast.clear(life).await || !tree.simplify() {
                break;
            }
            let (life, acts, _) = tree.current();
            match cast.live(life, &acts, || {}).await {
                Err(error) => (wrong, shortest) = (error, acts),
                Ok(()) if tree.complicate() => {}
                Ok(()) => break,
            }
        }
        bail!("{wrong:#}\nin this life:\n{shortest:#?}\nwhich {SEED}={seed} draws again");
    }
    Ok(())
}

fn count_one(seen: Option<&std::sync::atomic::AtomicUsize>) {
    if let Some(seen) = seen {
        seen.fetch_add(1, Ordering::SeqCst);
    }
}
