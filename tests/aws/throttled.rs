//! What an apply costs in calls where AWS lets through less than it would make.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use castra_emulator::{Effect, Emulator, Entry, Fault, Matching, Outcome};
use castra_tests::Lab;
use jiff::{SignedDuration, Timestamp};

/// What a second is, for rates.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The reference cluster is made; every request for it, those that were refused among them.
async fn applied(lab: &Lab, emulator: &Emulator) -> Result<Vec<Entry>> {
    emulator.clear_log();
    lab.apply(&lab.spec(&[])?).await?;
    Ok(emulator.log(|entry| entry.subject.account == lab.account))
}

/// Of each service the calls in the busiest second, and when that began. Whatever comes without a wait is in one
/// moment of emulated time.
fn peaks(log: &[Entry]) -> BTreeMap<String, (usize, Timestamp)> {
    let mut times: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
    for entry in log {
        times.entry(entry.subject.service.clone()).or_default().push(entry.at);
    }
    let busiest = |times: Vec<Timestamp>| {
        let within =
            |from: Timestamp| times.iter().filter(|at| **at >= from && at.duration_since(from) < SECOND).count();
        times.iter().map(|from| (within(*from), *from)).max_by_key(|(calls, from)| (*calls, std::cmp::Reverse(*from)))
    };
    times.into_iter().filter_map(|(service, times)| Some((service, busiest(times)?))).collect()
}

/// The operations of some requests, the most frequent first.
fn operations(log: &[Entry]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for entry in log {
        *counts.entry(format!("{}:{}", entry.subject.service, entry.subject.operation)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn refused(log: &[Entry]) -> usize {
    log.iter().filter(|entry| matches!(entry.outcome, Outcome::Refused { .. })).count()
}

#[tokio::test]
async fn at_half_the_peak_rate_an_apply_costs_less_than_a_third_more() -> Result<()> {
    let lab = Lab::calm().await?;
    let calm = applied(&lab, lab.emulator().context("it is emulated")?).await?;
    let peaks = peaks(&calm);

    let lab = Lab::calm().await?;
    let emulator = lab.emulator().context("it is emulated")?;
    for (service, (calls, _)) in &peaks {
        let mut when = Matching::any().in_account(&lab.account);
        when.service = Some(service.clone());
        let refill = *calls as f64 / 2.0;
        let bucket = Effect::TokenBucket { capacity: refill.max(1.0), refill, shared: true };
        emulator.faults().inject(Fault::new(when, bucket));
    }
    let slowed = applied(&lab, emulator).await?;
    emulator.faults().clear();
    lab.settled(&lab.spec(&[])?).await?;
    let told = format!("{peaks:#?}\ncalm {:?}\nslowed {:?}", operations(&calm), operations(&slowed));
    assert!(refused(&slowed) > refused(&calm), "nothing was throttled: {told}");
    let (few, many) = (calm.len(), slowed.len());
    assert!(many * 10 < few * 13, "{many} calls instead of {few}, {} refused\n{told}", refused(&slowed));
    Ok(())
}

#[tokio::test]
async fn with_every_second_call_throttled_an_apply_costs_two_and_a_half_times_as_much_at_most() -> Result<()> {
    let lab = Lab::calm().await?;
    let calm = applied(&lab, lab.emulator().context("it is emulated")?).await?;

    let lab = Lab::calm().await?;
    let emulator = lab.emulator().context("it is emulated")?;
    let everything = Matching::any().in_account(&lab.account);
    emulator.faults().inject(Fault::new(everything, Effect::Throttle).probability(0.5));
    let slowed = applied(&lab, emulator).await?;
    emulator.faults().clear();
    lab.settled(&lab.spec(&[])?).await?;
    let (few, many) = (calm.len(), slowed.len());
    assert!(refused(&slowed) * 3 > many, "{} of {many} were refused", refused(&slowed));
    let told = format!("calm {:?}\nslowed {:?}", operations(&calm), operations(&slowed));
    assert!(many * 2 <= few * 5, "{many} calls instead of {few}, {} refused\n{told}", refused(&slowed));
    Ok(())
}
