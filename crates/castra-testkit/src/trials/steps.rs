//! What a [`Resource`](castra_core::Resource) promises.

use anyhow::{Context as _, Result, ensure};
use castra_core::context::elapsed;
use castra_core::resource::Recovery;
use castra_core::{Context as _, Ownership};
use uuid::Uuid;

use crate::hand::Hand;
use crate::meddler::How;
use crate::play::{Play, same};

pub(crate) async fn absence_counts_only_after_the_window(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let uid = Uuid::new_v4();
    let hand = Hand::new(play, &spec, uid, How::Watch).await?;
    for resource in hand.order()? {
        let settle = hand.settle();
        hand.ensure(&resource, Some(settle)).await?;
        let waited = elapsed(settle.since, hand.cx.now());
        let waits = matches!(resource.kind().recovery(), Recovery::Tagged | Recovery::Token);
        ensure!(!waits || waited >= settle.window, "{} was made after {waited:?}", resource.address());
    }
    hand.serve_all().await?;
    hand.cx.sleep(hand.window()).await?;
    let hand = Hand::new(play, &spec, uid, How::Watch).await?;
    for item in hand.inventory.items.iter().filter(|item| item.ownership == Ownership::Ours) {
        let Some(resource) = hand.graph.get(&item.address) else { continue };
        resource.ensure(&hand.step(), Some(item), Some(hand.settle())).await?;
        ensure!(hand.meddler.calls() == 0, "{} is known and is asked for all the same", item.address);
    }
    Ok(())
}

pub(crate) async fn every_step_can_run_twice(play: &Play) -> Result<()> {
    let spec = play.spec()?;
    let calm = play.rehearse(&spec).await?;
    let uid = Uuid::new_v4();
    let hand = Hand::new(play, &spec, uid, How::Watch).await?;
    for resource in hand.order()? {
        for _ in 0..2 {
            let settle = hand.settle();
            hand.ensure(&resource, Some(settle)).await.with_context(|| format!("making {}", resource.address()))?;
        }
    }
    hand.serve_all().await?;
    same("after each was made twice", &play.census().await?, &calm.stands)?;

    // The changes of another size, each made twice from what was seen before either.
    let larger = play.larger(1)?;
    let hand = Hand::new(play, &larger, uid, How::Watch).await?;
    for item in hand.inventory.items.iter().filter(|item| item.ownership == Ownership::Ours) {
        let Some(resource) = hand.graph.get(&item.address) else { continue };
        for _ in 0..2 {
            let output = resource.ensure(&hand.step(), Some(item), None).await;
            let output = output.with_context(|| format!("changing {}", item.address))?;
            resource.ready(&hand.step(), output.as_ref()).await?;
        }
    }
    play.settled(&larger).await?;

    // Each deletion twice, in a plan's order.
    let destroy = play.destroy().await?;
    for step in &destroy.plan.steps {
        let mut items = hand.inventory.items.iter();
        let Some(item) = items.find(|item| Some(&item.id) == step.id.as_ref() && item.address == step.address) else {
            continue;
        };
        item.kind.delete(&hand.step(), item).await.with_context(|| format!("deleting {} twice", item.address))?;
    }
    same("after each was deleted twice", &play.census().await?, &calm.before)
}
