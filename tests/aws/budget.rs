//! What it costs to see that nothing is to be done.

use anyhow::Result;
use castra_core::Access;
use castra_engine::engine::Request;
use castra_tests::{Gate, Lab, record};

/// The most calls of a plan.
const CALLS: usize = 50;
/// The longest chain of calls that wait for one another.
const ROUNDS: usize = 4;

#[tokio::test]
async fn a_plan_that_changes_nothing_is_cheap_at_every_size() -> Result<()> {
    let lab = Lab::calm().await?;
    let gate = Gate::before(&lab.endpoint).await?;
    let mut plans = Vec::new();
    for count in ["count = 5", "count = 100"] {
        let spec = lab.spec(&[("count = 5", count)])?;
        lab.apply(&spec).await?;
        let engine = lab.engine_by(&gate.endpoint, "unused", None).await;
        let (plan, trace) = record(async |session| engine.plan(Request::Apply(&spec), session).await).await;
        let plan = plan?;
        assert!(plan.is_empty(), "{}", plan.to_text());
        assert_eq!(trace.failures(Access::Read), Vec::<String>::new());
        let rounds = gate.rounds();
        assert_eq!(rounds.iter().sum::<usize>(), trace.calls(), "the gate saw every call");
        assert!(trace.calls() <= CALLS, "{} calls: {:#?}", trace.calls(), trace.operations());
        assert!(rounds.len() <= ROUNDS, "{rounds:?}");
        plans.push((trace.operations(), rounds));
    }
    assert_eq!(plans[0], plans[1], "3 + 5 and 3 + 100 cost the same");
    Ok(())
}
