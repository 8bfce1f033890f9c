//! Instances (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>).

mod attribute;
mod capacity;
mod carry_out;
mod console;
mod credit;
mod describe;
mod disk;
mod interface;
mod launch;
mod lifecycle;
mod machine;
mod merge;
mod metadata;
mod modify;
mod monitoring;
mod plan;
mod profile;
mod run;
mod settle;
mod show;
mod state;
mod status;
mod terminate;
#[cfg(test)]
mod tests;
mod token;

use jiff::Timestamp;
use serde_json::Value;

pub(crate) use launch::{Launch, launch};
pub(super) use settle::happen;
pub(crate) use state::InstanceState;
pub(crate) use status::impaired;
pub(crate) use terminate::terminate;
pub(crate) use token::Tokens;

use super::Tags;
use super::resource::resource;
use crate::aws::call::Operations;

/// An instance. Its interfaces and volumes are those that are attached to it.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) reservation: String,
    /// The service that launched it for the account.
    pub(crate) requester: Option<&'static str>,
    /// Its number within the reservation.
    pub(crate) launch_index: i64,
    pub(crate) created: Timestamp,
    /// When it was launched, or last started.
    pub(crate) launched: Timestamp,
    pub(crate) state: InstanceState,
    /// When its state last changed.
    pub(crate) since: Timestamp,
    /// Why it stopped or went.
    pub(crate) reason: Option<Reason>,
    /// Why it will go instead of running.
    pub(crate) fate: Option<Reason>,
    pub(crate) image: String,
    pub(crate) architecture: String,
    pub(crate) boot_mode: String,
    pub(crate) instance_type: String,
    pub(crate) zone: String,
    pub(crate) subnet: String,
    pub(crate) vpc: String,
    pub(crate) key_name: Option<String>,
    /// ARN of the instance profile, and the association's id.
    pub(crate) profile: Option<(String, String)>,
    /// As given, base64.
    pub(crate) user_data: Option<String>,
    /// `HttpTokens`, `HttpPutResponseHopLimit`, .. and `State`, in the contract's names.
    pub(crate) metadata: Value,
    pub(crate) monitoring: bool,
    pub(crate) ebs_optimized: bool,
    pub(crate) termination_protection: bool,
    pub(crate) stop_protection: bool,
    /// `stop` or `terminate`.
    pub(crate) shutdown_behavior: String,
    pub(crate) root_device: String,
    pub(crate) source_dest_check: bool,
    pub(crate) token: Option<String>,
    /// What it was made from beyond the above, in the contract's names of RunInstances.
    pub(crate) request: Value,
    pub(crate) tags: Tags,
}

resource!(
    Instance,
    instances,
    "i",
    "InvalidInstanceID.Malformed",
    "InvalidInstanceID.NotFound",
    "The instance ID '{}' does not exist"
);

/// Why an instance stopped or went, as `StateReason` and `StateTransitionReason` tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason {
    /// `Client.UserInitiatedShutdown`
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html>).
    pub(crate) code: String,
    /// `Client.UserInitiatedShutdown: User initiated shutdown`.
    pub(crate) message: String,
    /// `User initiated (2026-01-05 08:00:00 GMT)`.
    pub(crate) sentence: String,
}

/// What is due to happen to an instance.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// Its state moves on, if it still has been in the same one since that moment.
    Settle(String, Timestamp),
    /// It disappears from describes.
    Forget(String),
    /// Its metadata options are applied.
    Metadata(String),
}

pub(super) const OPERATIONS: Operations = &[
    ("AssociateIamInstanceProfile", profile::associate),
    ("DescribeIamInstanceProfileAssociations", profile::describe),
    ("DescribeInstanceAttribute", attribute::describe),
    ("DescribeInstanceCreditSpecifications", credit::describe),
    ("DescribeInstanceStatus", status::describe),
    ("DescribeInstances", describe::describe),
    ("DisassociateIamInstanceProfile", profile::disassociate),
    ("GetConsoleOutput", console::output),
    ("ModifyInstanceAttribute", modify::modify),
    ("ModifyInstanceMetadataOptions", metadata::modify),
    ("MonitorInstances", monitoring::monitor),
    ("RebootInstances", lifecycle::reboot),
    ("ReplaceIamInstanceProfileAssociation", profile::replace),
    ("RunInstances", run::run),
    ("StartInstances", lifecycle::start),
    ("StopInstances", lifecycle::stop),
    ("TerminateInstances", terminate::operation),
    ("UnmonitorInstances", monitoring::unmonitor),
];
