#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, clippy::disallowed_methods)]
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use castra_aws::{Aws, AwsProvider, Connection};
use castra_core::backend::Ask;
use castra_core::context::{Attempt, Call, Context};
use castra_core::plan::differences;
use castra_core::resource::{Outputs, Owner, StepContext};
use castra_core::spec::Spec;
use castra_core::topology::Topology;
use castra_core::*;

#[derive(Default)]
struct Cx { calls: Mutex<BTreeMap<String, usize>>, spans: Mutex<Vec<(Instant, Instant)>> }
#[async_trait]
impl Context for Cx {
    async fn attempt<'a>(&'a self, call: &'a Call, attempt: Attempt<'a>) -> Result<()> {
        for i in 0..10 {
            *self.calls.lock().unwrap().entry(format!("{} {}", call.service, call.operation)).or_default() += 1;
            let start = Instant::now();
            let answer = attempt().await;
            self.spans.lock().unwrap().push((start, Instant::now()));
            match answer {
                Err(e) if e.is_temporary() && i < 3 => { println!("retry {} {e}", call.operation); tokio::time::sleep(Duration::from_millis(200)).await }
                other => return other,
            }
        }
        unreachable!()
    }
    fn now(&self) -> jiff::Timestamp { jiff::Timestamp::now() }
    async fn sleep(&self, d: Duration) -> Result<()> { tokio::time::sleep(d.min(Duration::from_millis(300))).await; Ok(()) }
    fn emit(&self, event: Event) { if let Event::Waiting { what, observed } = event { println!("waiting {what}: {observed}") } }
}
impl Cx {
    fn take(&self) -> usize {
        let calls = std::mem::take(&mut *self.calls.lock().unwrap());
        let n: usize = calls.values().sum();
        println!("{n} calls: {calls:?}");
        n
    }
}

fn spec() -> Spec {
    let text = std::fs::read_to_string(std::env::var("SPEC").unwrap()).unwrap();
    Spec::parse(&text, &[&AwsProvider]).unwrap_or_else(|p| panic!("{p}"))
}

#[tokio::test]
async fn walk() {
    let endpoint = std::env::var("MOTO").unwrap();
    let aws = Aws::through(&Connection::new("eu-central-1").endpoint(endpoint).credentials("x", "y", None)).await;
    let cx = Cx::default();
    let spec = spec();
    let mut owner = Owner { cluster: spec.name.clone(), uid: uuid::Uuid::from_u128(42), tags: spec.tags.clone() };
    let topology = Topology::expand(&spec, spec.pool_size(|_| None).unwrap());
    let mode = std::env::var("MODE").unwrap_or("apply".into());
    for round in 0..2 {
        let ask = Ask { cluster: &spec.name, spec: (mode == "apply").then_some(&spec) };
        let inv = aws.observer().survey(&cx, &ask).await.unwrap_or_else(|e| panic!("{e:?}"));
        println!("survey {round}: {} items; problems {:?} notes {:?}", inv.items.len(), inv.problems, inv.notes);
        cx.take();
        if let Some(c) = &inv.cluster { owner.uid = c.uid; }
        for i in &inv.items { if i.ownership != Ownership::Ours || i.status != Status::Ready { println!("!! {i:?}"); } }
        let outputs = Outputs::new();
        for i in &inv.items { outputs.set(i.address.clone(), i.output.clone()); }
        let step = StepContext { actuator: aws.actuator(), cx: &cx, owner: &owner, outputs: &outputs, window: Duration::from_secs(2) };
        if mode == "destroy" {
            println!("{:#?}", inv.nodes); println!("{:?}", inv.endpoints);
            let order = ["autoscaling_policy","route53_record","lb_target_group_attachments","lb_listener","autoscaling_group","launch_template","instance","lb","lb_target_group","network_interface","ebs_volume","route_table","nat_gateway","eip","iam_instance_profile","iam_role","security_group_rules","security_group","subnet_cidr_reservation","subnet","internet_gateway","vpc","anchor"];
            for kind in order { for i in inv.items.iter().filter(|i| i.address.kind()==kind) {
                if let Err(e) = i.kind.delete(&step, i).await { println!("DELETE {} failed: {e:?}", i.address); }
            }}
            cx.take();
            let mode2 = aws.observer().survey(&cx, &ask).await.unwrap();
            println!("left: {:?}", mode2.items);
            return;
        }
        let graph = match aws.observer().resources(&spec, &topology, &inv, &owner) { Ok(g) => g, Err(p) => panic!("{p}") };
        let mut n = 0;
        for r in graph.order("anchor").unwrap() {
            let live = inv.get(r.address());
            if round == 1 || live.is_some() {
                match live {
                    None => println!("MISSING {}", r.address()),
                    Some(item) => {
                        for d in differences(r.fields(), &item.fields, &|a| outputs.id(a)) { println!("DIFF {} {}: {} -> {}", r.address(), d.field, d.from, d.to); }
                    }
                }
                if round == 1 { continue; }
            }
            let start = Instant::now();
            let out = r.ensure(&step, live, None).await.unwrap_or_else(|e| panic!("ensure {e:?}"));
            r.ready(&step, out.as_ref()).await.unwrap_or_else(|e| panic!("ready {e:?}"));
            if start.elapsed() > Duration::from_secs(2) { println!("slow {} {:?}", r.address(), start.elapsed()); }
            outputs.set(r.address().clone(), out);
            n += 1;
        }
        for i in &inv.items { if graph.get(&i.address).is_none() { println!("EXTRA {i:?}"); } }
        println!("ensured {n}");
        cx.take();
    }
}
