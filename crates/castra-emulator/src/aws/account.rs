//! One emulated account: everything that it holds, in every region, and what is due to happen to it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::{Settings, acm, autoscaling, cloudwatch, ec2, elb, iam, kms, quotas, route53, s3, secrets, ssm, sts};
use crate::chance::Chance;
use crate::clock::later;
use crate::queue::Queue;
use crate::registry::Holding;
use crate::sight::Sight;

/// An account. Cloning one is a snapshot.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) settings: Settings,
    pub(crate) chance: Chance,
    pub(crate) sight: Sight,
    pub(crate) queue: Queue<Due>,
    /// The account's time; behind the clock's by what restored snapshots have set it back.
    pub(crate) now: Timestamp,
    pub(crate) iam: iam::State,
    pub(crate) sts: sts::State,
    pub(crate) route53: route53::State,
    pub(crate) s3: s3::State,
    pub(crate) regions: BTreeMap<String, Region>,
}

/// What an account holds in one region.
#[derive(Debug, Clone)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) ec2: ec2::State,
    pub(crate) autoscaling: autoscaling::State,
    pub(crate) elb: elb::State,
    pub(crate) ssm: ssm::State,
    pub(crate) acm: acm::State,
    pub(crate) secrets: secrets::State,
    pub(crate) cloudwatch: cloudwatch::State,
    pub(crate) quotas: quotas::State,
    pub(crate) kms: kms::State,
}

/// Something that is due to happen in a region.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) region: String,
    pub(crate) what: What,
}

/// What is due to happen, by the service that sees to it.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Ec2(ec2::Due),
    AutoScaling(autoscaling::Due),
    Elb(elb::Due),
    CloudWatch(cloudwatch::Due),
    Iam(iam::Due),
    Acm(acm::Due),
    Route53(route53::Due),
}

impl Holding for Account {
    type Settings = Settings;

    fn new(id: &str, settings: Settings, seed: u64, now: Timestamp) -> Self {
        let mut chance = Chance::of(seed, id);
        Self {
            id: id.to_owned(),
            sight: Sight::new(chance.next()),
            settings,
            chance,
            queue: Queue::default(),
            now,
            iam: iam::State::new(now),
            sts: sts::State::default(),
            route53: route53::State::default(),
            s3: s3::State::default(),
            regions: BTreeMap::new(),
        }
    }

    fn advance(&mut self, now: Timestamp) {
        let now = self.queue.time(now).max(self.now);
        let (mut moved, mut stirred) = (false, false);
        loop {
            // Those who watch see what happens at one moment all at once.
            if moved && self.queue.next_at().is_none_or(|at| at > self.now) {
                self.watch();
                if stirred {
                    self.stir();
                }
                (moved, stirred) = (false, false);
                continue;
            }
            let Some((at, due)) = self.queue.pop_due(now) else { break };
            self.now = self.now.max(at);
            moved = true;
            stirred |= matches!(due.what, What::Ec2(_) | What::Elb(_));
            match due.what {
                What::Ec2(what) => ec2::happen(self, &due.region, what),
                What::AutoScaling(what) => autoscaling::happen(self, &due.region, what),
                What::Elb(what) => elb::happen(self, &due.region, what),
                What::CloudWatch(what) => cloudwatch::happen(self, &due.region, what),
                What::Iam(what) => iam::happen(self, what),
                What::Acm(what) => acm::happen(self, &due.region, what),
                What::Route53(what) => route53::happen(self, what),
            }
        }
        self.now = now;
    }

    fn due(&self) -> Option<Timestamp> {
        self.queue.due()
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.settle();
    }
}

impl Account {
    /// Makes chance from that seed from now on: ids, and what reads see of young objects.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.chance = Chance::of(seed, &self.id);
        self.sight = Sight::new(self.chance.next());
    }

    /// What the account holds in that region, which it comes to hold by being asked for: its default network.
    pub(crate) fn region(&mut self, name: &str) -> &mut Region {
        if !self.regions.contains_key(name) {
            let region = Region {
                name: name.to_owned(),
                ec2: ec2::State::new(&self.id, name, &mut self.chance, self.now),
                autoscaling: autoscaling::State::default(),
                elb: elb::State::default(),
                ssm: ssm::State::default(),
                acm: acm::State::default(),
                secrets: secrets::State::default(),
                cloudwatch: cloudwatch::State::default(),
                quotas: quotas::State::default(),
                kms: kms::State::default(),
            };
            self.regions.insert(name.to_owned(), region);
        }
        self.regions.entry(name.to_owned()).or_insert_with(|| unreachable!("inserted above"))
    }

    /// Lets everyone who watches see what a request or new settings have changed.
    pub(crate) fn settle(&mut self) {
        self.watch();
        self.stir();
        cloudwatch::look_again(self);
    }

    /// Lets load balancers see their targets, and who validates certificates the records that they wait for.
    fn watch(&mut self) {
        elb::look_again(self);
        acm::look_again(self);
    }

    /// Lets Auto Scaling see its groups' instances.
    fn stir(&mut self) {
        let regions: Vec<String> = self.regions.keys().cloned().collect();
        for region in &regions {
            autoscaling::stir(self, region);
        }
    }

    /// Lets `what` happen after that long.
    pub(crate) fn schedule(&mut self, region: &str, after: impl Into<Duration>, what: What) {
        let at = later(self.now, after.into());
        self.queue.schedule(at, Due { region: region.to_owned(), what });
    }

    /// This snapshot, brought back when the clock shows `now`: the account's time goes on where it stopped.
    pub(crate) fn restored(&self, now: Timestamp) -> Self {
        let mut account = self.clone();
        account.queue.set_back(self.now, now);
        account
    }

    /// Whether what was created at that moment shows by now: each object has a moment of its own within the
    /// account's window (see [`super::Consistency`]).
    pub(crate) fn shows(&self, id: &str, created: Timestamp) -> bool {
        let consistency = &self.settings.consistency;
        self.sight.sees(id, self.now.duration_since(created), consistency.window.into(), consistency.flapping)
    }
}
