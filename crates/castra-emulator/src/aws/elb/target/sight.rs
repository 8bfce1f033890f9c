//! What a load balancer sees of a target at a moment.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use jiff::Timestamp;

use super::{Failure, Idle, Outcome, Target, TargetKey, reach};
use crate::aws::Settings;
use crate::aws::account::Region;
use crate::aws::ec2::NetworkInterface;
use crate::aws::elb::load_balancer::LoadBalancer;
use crate::aws::elb::target_group::{TargetGroup, TargetType};
use crate::workload::Workload;

/// What is seen of a target.
pub(super) struct Sight {
    /// Why it isn't used; or what a check would find.
    pub(super) found: Result<Outcome, Idle>,
    /// Whether its load balancer has been set up.
    pub(super) active: bool,
    /// When the workload may change by itself.
    pub(super) next: Option<Timestamp>,
}

/// A region's interfaces, by what targets are named by.
pub(super) struct Interfaces<'a> {
    /// Primary interfaces, by instance.
    of_instances: HashMap<&'a str, &'a NetworkInterface>,
    by_address: HashMap<Ipv4Addr, Vec<&'a NetworkInterface>>,
}

impl<'a> Interfaces<'a> {
    pub(super) fn of(here: &'a Region) -> Self {
        let mut interfaces = Self { of_instances: HashMap::new(), by_address: HashMap::new() };
        for interface in here.ec2.interfaces.values() {
            if let Some(attachment) = &interface.attachment
                && attachment.device_index == 0
                && let Some(instance) = &attachment.instance
            {
                interfaces.of_instances.insert(instance, interface);
            }
            for address in &interface.addresses {
                interfaces.by_address.entry(*address).or_default().push(interface);
            }
        }
        interfaces
    }
}

/// A target group, as its load balancer sees it.
pub(super) struct View<'a> {
    here: &'a Region,
    interfaces: &'a Interfaces<'a>,
    workload: &'a Workload,
    now: Timestamp,
    group: &'a TargetGroup,
    load_balancer: Option<&'a LoadBalancer>,
}

impl<'a> View<'a> {
    pub(super) fn new(
        here: &'a Region,
        interfaces: &'a Interfaces<'a>,
        settings: &'a Settings,
        now: Timestamp,
        group: &'a TargetGroup,
    ) -> Self {
        let load_balancer = here.elb.load_balancer_of(&group.arn);
        Self { here, interfaces, workload: &settings.workload, now, group, load_balancer }
    }

    /// What is seen of that target.
    pub(super) fn see(&self, key: &TargetKey, target: &Target) -> Sight {
        let mut next = None;
        let found = match self.group.target_type {
            TargetType::Instance => self.instance(key, &mut next),
            TargetType::Ip => self.address(key, target, &mut next),
            TargetType::Alb => self.other_load_balancer(key),
            TargetType::Lambda => Err(Idle::NotInUse),
        };
        Sight { found, active: self.load_balancer.is_some_and(|it| it.active), next }
    }

    fn instance(&self, key: &TargetKey, next: &mut Option<Timestamp>) -> Result<Outcome, Idle> {
        let instance = self.here.ec2.instances.get(&key.id).ok_or(Idle::Terminated)?;
        if let Some(idle) = Idle::of(instance.state) {
            return Err(idle);
        }
        let load_balancer = self.load_balancer.ok_or(Idle::NotInUse)?;
        if !load_balancer.serves_zone(&instance.zone) {
            return Err(Idle::ZoneNotEnabled);
        }
        let interface = self.interfaces.of_instances.get(key.id.as_str());
        Ok(self.check(load_balancer, interface.copied(), key, next))
    }

    fn address(&self, key: &TargetKey, target: &Target, next: &mut Option<Timestamp>) -> Result<Outcome, Idle> {
        let load_balancer = self.load_balancer.ok_or(Idle::NotInUse)?;
        let address: Option<Ipv4Addr> = key.id.parse().ok();
        let at = address.and_then(|address| self.interfaces.by_address.get(&address));
        let interface = at.and_then(|all| all.iter().find(|it| Some(&it.vpc) == self.group.vpc.as_ref())).copied();
        if interface.is_some_and(|it| it.requester.as_deref() == Some("amazon-elb")) {
            return Err(Idle::IpUnusable);
        }
        let zone = target.zone.as_deref().or(interface.map(|it| it.zone.as_str()));
        if zone.is_some_and(|zone| zone != "all" && !load_balancer.serves_zone(zone)) {
            return Err(Idle::ZoneNotEnabled);
        }
        Ok(self.check(load_balancer, interface, key, next))
    }

    /// An application load balancer behind a network load balancer is healthy if it listens there
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html>).
    fn other_load_balancer(&self, key: &TargetKey) -> Result<Outcome, Idle> {
        self.load_balancer.ok_or(Idle::NotInUse)?;
        let target = self.here.elb.load_balancers.get(&key.id).ok_or(Idle::Terminated)?;
        let listens = self.here.elb.listeners.values().any(|it| it.load_balancer == target.arn && it.port == key.port);
        Ok(if target.active && listens { Outcome::Pass } else { Outcome::Fail(Failure::Refused) })
    }

    /// What a check of that interface finds.
    fn check(
        &self,
        load_balancer: &LoadBalancer,
        interface: Option<&NetworkInterface>,
        key: &TargetKey,
        next: &mut Option<Timestamp>,
    ) -> Outcome {
        let port = match self.group.health_check.port.as_deref() {
            Some(port) if port != "traffic-port" => port.parse().unwrap_or(0),
            _ => u16::try_from(key.port).unwrap_or(0),
        };
        let instance = interface.and_then(|it| self.here.ec2.instances.get(it.instance()?));
        let listening = instance.map(|instance| self.workload.listening(instance, port, self.now));
        *next = listening.and_then(|it| it.next);
        // What isn't there doesn't answer.
        let (Some(interface), Some(listening)) = (interface, listening) else { return Outcome::Fail(Failure::Timeout) };
        if !reach::reaches(&self.here.ec2, load_balancer, interface, port) {
            return Outcome::Fail(Failure::Timeout);
        }
        match listening.status {
            None => Outcome::Fail(Failure::Refused),
            Some(status) if self.group.health_check.passes(status) => Outcome::Pass,
            Some(status) => Outcome::Fail(Failure::Mismatch(status)),
        }
    }
}
