//! What happens to instances by itself: states that move on.

use jiff::Timestamp;
use serde_json::Value;

use super::{Due, InstanceState, Reason, token};
use crate::aws::account::{Account, What};
use crate::aws::ec2::{State, network_interface, volume};

/// Lets it happen.
pub(in crate::aws::ec2) fn happen(account: &mut Account, region: &str, due: Due) {
    match due {
        Due::Settle(instance, since) => settle(account, region, &instance, since),
        Due::Forget(instance) => {
            account.region(region).ec2.instances.remove(&instance);
        }
        Due::Metadata(instance) => apply_metadata(&mut account.region(region).ec2, &instance),
    }
}

/// Puts an instance into a state; it moves on from one that doesn't last.
pub(super) fn enter(account: &mut Account, region: &str, instance: &str, state: InstanceState) {
    let now = account.now;
    let timings = &account.settings.timings;
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    let after = match state {
        InstanceState::Pending => Some(timings.instance_pending),
        InstanceState::Stopping => Some(timings.instance_stopping),
        InstanceState::ShuttingDown => Some(timings.instance_shutting_down),
        InstanceState::Terminated => Some(timings.instance_forgotten),
        InstanceState::Running | InstanceState::Stopped => None,
    };
    let Some(found) = account.region(region).ec2.instances.get_mut(instance) else { return };
    found.state = state;
    found.since = now;
    if let Some(after) = after {
        let due = match state {
            InstanceState::Terminated => Due::Forget(instance.to_owned()),
            _ => Due::Settle(instance.to_owned(), now),
        };
        account.schedule(region, after, What::Ec2(crate::aws::ec2::Due::Instance(due)));
    }
}

fn settle(account: &mut Account, region: &str, instance: &str, since: Timestamp) {
    let Some(found) = account.region(region).ec2.instances.get_mut(instance) else { return };
    if found.since != since {
        return;
    }
    match found.state {
        InstanceState::Pending => match found.fate.take() {
            // It goes instead of running: its shutting down began when it should have run.
            Some(fate) => {
                found.reason = Some(fate);
                enter(account, region, instance, InstanceState::ShuttingDown);
            }
            None => {
                apply_metadata(&mut account.region(region).ec2, instance);
                enter(account, region, instance, InstanceState::Running);
            }
        },
        InstanceState::Stopping => {
            release_addresses(&mut account.region(region).ec2, instance);
            enter(account, region, instance, InstanceState::Stopped);
        }
        InstanceState::ShuttingDown => {
            gone(account, region, instance);
            enter(account, region, instance, InstanceState::Terminated);
        }
        InstanceState::Running | InstanceState::Stopped | InstanceState::Terminated => {}
    }
}

/// "A public IP address is released when you stop an instance"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html#concepts-public-addresses>).
fn release_addresses(ec2: &mut State, instance: &str) {
    for interface in ec2.interfaces.values_mut() {
        if interface.instance() == Some(instance) {
            interface.public_ip = None;
        }
    }
}

/// What a terminated instance had goes, or is left alone.
fn gone(account: &mut Account, region: &str, instance: &str) {
    let now = account.now;
    network_interface::instance_gone(account, region, instance);
    let ec2 = &mut account.region(region).ec2;
    volume::instance_gone(ec2, instance);
    token::terminated(ec2, instance, now);
    if let Some(instance) = ec2.instances.get_mut(instance) {
        instance.profile = None;
    }
}

fn apply_metadata(ec2: &mut State, instance: &str) {
    let options = ec2.instances.get_mut(instance).and_then(|instance| instance.metadata.as_object_mut());
    if let Some(options) = options {
        options.insert("State".to_owned(), Value::from("applied"));
    }
}

/// Why an instance was stopped or terminated through the API.
pub(super) fn by_user(now: Timestamp) -> Reason {
    let code = "Client.UserInitiatedShutdown";
    Reason {
        code: code.to_owned(),
        message: format!("{code}: User initiated shutdown"),
        sentence: format!("User initiated ({})", now.strftime("%Y-%m-%d %H:%M:%S GMT")),
    }
}
