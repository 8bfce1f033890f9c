//! A cluster's life through the library: plan, apply, scale, look, destroy. Works on whatever cloud `cluster.toml`
//! names, with the credentials that its SDK finds.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for a terminal")]

use anyhow::{Result, ensure};
use castra::{Cluster, Events, Outcome, Session};
use futures::StreamExt as _;

#[tokio::main]
async fn main() -> Result<()> {
    let spec = castra::parse(&std::fs::read_to_string("cluster.toml")?)?;
    let mut cluster = Cluster::open(spec).await?;

    let (events, stream) = Events::channel();
    let session = Session::default().events(events);
    tokio::spawn(stream.for_each(async |event| println!("{event:?}")));

    let plan = cluster.plan(&session).await?;
    println!("{}", plan.to_text());

    let applied = cluster.apply_exactly(&plan, &session).await?;
    ensure!(matches!(applied.outcome, Outcome::Complete), "{:?}", applied.outcome);

    cluster.scale(8, &session).await?;
    for node in cluster.status(&session).await?.nodes {
        println!("{} {} {} {}", node.name, node.zone, node.state, node.health);
    }
    cluster.destroy(&session).await?;
    Ok(())
}
