//! Instances.

use jiff::Timestamp;
use serde_json::Value;

use super::Tags;
use super::launch_template::Specification;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Operations;

/// An instance. Its interfaces and volumes are those that are attached to it.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) reservation: String,
    /// Its number within the reservation.
    pub(crate) launch_index: i64,
    pub(crate) created: Timestamp,
    pub(crate) launched: Timestamp,
    pub(crate) state: InstanceState,
    /// When its state last changed.
    pub(crate) since: Timestamp,
    /// Code, message and the human sentence: why it stopped or went.
    pub(crate) reason: Option<(String, String)>,
    pub(crate) image: String,
    pub(crate) instance_type: String,
    pub(crate) zone: String,
    pub(crate) subnet: String,
    pub(crate) vpc: String,
    pub(crate) key_name: Option<String>,
    /// ARN of the instance profile, and the association's id.
    pub(crate) profile: Option<(String, String)>,
    /// As given, base64.
    pub(crate) user_data: Option<String>,
    /// `HttpTokens`, `HttpPutResponseHopLimit`, .. in the contract's names.
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

/// Where an instance is in its life
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstanceState {
    Pending,
    Running,
    ShuttingDown,
    Terminated,
    Stopping,
    Stopped,
}

/// What a client token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// The request's parameters, to tell a repetition from another request under the same token.
    pub(crate) parameters: Value,
    pub(crate) reservation: String,
    pub(crate) instances: Vec<String>,
}

/// What is due to happen to an instance.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// Its state moves on.
    Settle(String),
    /// It disappears from describes.
    Forget(String),
}

/// A launch by a service, of a launch template.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) template: Specification,
    /// Instead of the template's.
    pub(crate) instance_type: Option<String>,
    pub(crate) subnet: String,
    pub(crate) count: usize,
    /// In addition to the template's; a key that both have is the service's.
    pub(crate) tags: Tags,
}

/// Launches instances as RunInstances would, all or none.
pub(crate) fn launch(_account: &mut Account, _region: &str, _launch: Launch) -> Result<Vec<String>, ApiError> {
    Err(ApiError::new("Unsupported", "not served yet"))
}

/// Terminates instances, whatever protects them from TerminateInstances; unknown ids are passed over.
pub(crate) fn terminate(_account: &mut Account, _region: &str, _instances: &[String], _reason: (&str, &str)) {}

/// Lets it happen.
pub(super) fn happen(_account: &mut Account, _region: &str, _due: Due) {}

pub(super) const OPERATIONS: Operations = &[];

/// Whether an instance fails its status checks.
pub(crate) fn impaired(_account: &Account, _instance: &Instance) -> bool {
    false
}
