//! As AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use castra_emulator::{Effect, Emulator, Fault, Matching, Options, Pace, Refusal};

use super::storm::{self, CALLS, Dice, every_fault};
use crate::client::{Answer, ec2};

const ACCOUNT: &str = "100000000001";
const IMAGE: &str = "resolve%3Assm%3A%2Faws%2Fservice%2Fami-amazon-linux-latest%2Fal2023-ami-kernel-default-x86_64";

/// What must be there.
#[derive(Default)]
struct Model {
    /// Marks of networks, by the tag that each was created with.
    networks: BTreeSet<String>,
    /// Names of security groups.
    groups: BTreeSet<String>,
    /// The machine of each client token that took effect, when known, and whether it was terminated.
    tokens: BTreeMap<usize, Machine>,
}

#[derive(Default, Clone)]
struct Machine {
    id: Option<String>,
    terminated: bool,
}

/// What became of the call that was the latest; see [`storm::refusal`].
fn took_effect(emulator: &Emulator, answer: &io::Result<Answer>) -> Option<String> {
    storm::refusal(emulator, answer, |answer| answer.element("Code").map(str::to_owned))
}

/// Refusals that faults make, whatever the state.
fn by_fault(code: &str) -> bool {
    let codes = [
        "RequestLimitExceeded",
        "InternalError",
        "Unavailable",
        "UnauthorizedOperation",
        "RequestExpired",
        "InsufficientInstanceCapacity",
    ];
    storm::by_fault(code, &codes)
}

#[test]
fn with_every_fault_on_it_stays_consistent_with_a_model() {
    let mut options = Options::default();
    options.pace = Pace::Jumping;
    let emulator = Emulator::start(options).unwrap();
    let mut settings = emulator.settings(ACCOUNT);
    settings.network_limits.vpcs = 100_000;
    settings.compute_limits.standard_vcpus = 1_000;
    emulator.set_settings(ACCOUNT, settings);
    let refusal = Refusal { code: "InsufficientInstanceCapacity".into(), message: "none".into(), status: Some(500) };
    let refused = Fault::new(Matching::operation("ec2", "RunInstances"), Effect::Refuse(refusal)).probability(0.05);
    every_fault(&emulator, 100.0, refused);

    let endpoint = emulator.endpoint();
    let (mut model, mut dice) = (Model::default(), Dice(1));
    for number in 0..CALLS {
        match dice.below(100) {
            0..5 => {
                let mark = format!("n{number}");
                let answer = ec2(
                    &endpoint,
                    ACCOUNT,
                    &format!(
                        "Action=CreateVpc&CidrBlock=10.0.0.0%2F16&TagSpecification.1.ResourceType=vpc&\
                         TagSpecification.1.Tag.1.Key=mark&TagSpecification.1.Tag.1.Value={mark}"
                    ),
                );
                match took_effect(&emulator, &answer) {
                    None => drop(model.networks.insert(mark)),
                    Some(code) => assert!(by_fault(&code), "CreateVpc: {code}"),
                }
            }
            5..30 => {
                let name = format!("g{}", dice.below(20));
                let parameters = format!("Action=CreateSecurityGroup&GroupName={name}&GroupDescription=d");
                match took_effect(&emulator, &ec2(&endpoint, ACCOUNT, &parameters)) {
                    None => assert!(model.groups.insert(name), "a second group of one name"),
                    Some(code) if code == "InvalidGroup.Duplicate" => assert!(model.groups.contains(&name)),
                    Some(code) => assert!(by_fault(&code), "CreateSecurityGroup: {code}"),
                }
            }
            30..55 => {
                let name = format!("g{}", dice.below(20));
                let parameters = format!("Action=DeleteSecurityGroup&GroupName={name}");
                match took_effect(&emulator, &ec2(&endpoint, ACCOUNT, &parameters)) {
                    None => assert!(model.groups.remove(&name), "deleted a group that wasn't there"),
                    // Not there; or so young that it doesn't show.
                    Some(code) if code == "InvalidGroup.NotFound" => {}
                    Some(code) => assert!(by_fault(&code), "DeleteSecurityGroup: {code}"),
                }
            }
            55..80 => {
                let token = dice.below(40);
                let parameters = format!(
                    "Action=RunInstances&MinCount=1&MaxCount=1&InstanceType=t3.micro&ImageId={IMAGE}&\
                     ClientToken=t{token}"
                );
                let answer = ec2(&endpoint, ACCOUNT, &parameters);
                let known = model.tokens.get(&token).cloned();
                match took_effect(&emulator, &answer) {
                    None => {
                        let machine = model.tokens.entry(token).or_default();
                        assert!(!machine.terminated, "a token of a terminated machine launched another");
                        let shown = answer.ok().filter(|answer| answer.whole);
                        if let Some(id) = shown.and_then(|answer| answer.element("instanceId").map(str::to_owned)) {
                            assert!(machine.id.get_or_insert_with(|| id.clone()) == &id, "a token launched twice");
                        }
                    }
                    Some(code) if code == "IdempotentInstanceTerminated" => {
                        assert!(known.is_some_and(|machine| machine.terminated));
                    }
                    Some(code) => assert!(by_fault(&code), "RunInstances: {code}"),
                }
            }
            80..85 => {
                let alive = model.tokens.iter().filter(|(_, machine)| !machine.terminated);
                let Some((token, id)) = alive.filter_map(|(token, machine)| Some((*token, machine.id.clone()?))).next()
                else {
                    continue;
                };
                let parameters = format!("Action=TerminateInstances&InstanceId.1={id}");
                match took_effect(&emulator, &ec2(&endpoint, ACCOUNT, &parameters)) {
                    None => model.tokens.entry(token).or_default().terminated = true,
                    Some(code) if code == "InvalidInstanceID.NotFound" => {}
                    Some(code) => assert!(by_fault(&code), "TerminateInstances: {code}"),
                }
            }
            _ => {
                let answer = ec2(&endpoint, ACCOUNT, "Action=DescribeVpcs");
                if took_effect(&emulator, &answer).is_none()
                    && let Some(answer) = answer.ok().filter(|answer| answer.whole)
                {
                    let seen = marks(&answer.body);
                    assert!(seen.is_subset(&model.networks), "networks that nobody made");
                }
            }
        }
    }

    emulator.faults().clear();
    emulator.clock().advance(Duration::from_secs(600));
    let describe = |parameters: &str| ec2(&endpoint, ACCOUNT, parameters).unwrap().body;
    assert_eq!(marks(&describe("Action=DescribeVpcs")), model.networks);
    let groups = describe("Action=DescribeSecurityGroups&Filter.1.Name=description&Filter.1.Value.1=d");
    assert_eq!(elements(&groups, "groupName"), model.groups);
    let machines = describe("Action=DescribeInstances&Filter.1.Name=instance-state-name&Filter.1.Value.1=running");
    let running = model.tokens.values().filter(|machine| !machine.terminated).count();
    assert_eq!(elements(&machines, "instanceId").len(), running);
    assert_eq!(elements(&machines, "clientToken").len(), running);
    // The faults did befall calls, and calls did get through.
    assert!(model.networks.len() > 200 && model.tokens.len() == 40);
}

fn marks(body: &str) -> BTreeSet<String> {
    elements(body, "value")
}

fn elements(body: &str, name: &str) -> BTreeSet<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    body.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0.to_owned())).collect()
}
