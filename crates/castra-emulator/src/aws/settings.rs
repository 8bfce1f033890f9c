//! What can be set for an account.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::autoscaling::AutoScaling;
use super::cloudwatch::CloudWatch;
use super::iam::IamLimits;
use super::{ComputeLimits, LoadBalancingLimits, NetworkLimits, Route53Limits, S3Limits, Shortage, Timings};
use crate::{Seconds, Workload};

/// How an emulated account behaves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// How long things take.
    pub timings: Timings,
    /// When what was written can be read.
    pub consistency: Consistency,
    /// How much of a network the account may have.
    pub network_limits: NetworkLimits,
    /// How much of load balancing the account may have.
    pub load_balancing_limits: LoadBalancingLimits,
    /// What runs on instances: nothing, unless it is said here.
    pub workload: Workload,
    /// Whether certificates that are requested are issued without validation, after the time that issuing takes. Off,
    /// the domain's owner has to put the validation's record into Route 53.
    pub issue_unvalidated_certificates: bool,
    /// How many machines the account may have.
    pub compute_limits: ComputeLimits,
    /// Where machines are short.
    pub shortages: Vec<Shortage>,
    /// Ids of instances that fail their status checks while they run, as on hardware that has failed.
    pub impaired_instances: BTreeSet<String>,
    /// Instance types, which may have wildcards, whose instances end instead of running, and the code of the reason that
    /// EC2 gives: `Client.InternalError`, `Server.InternalError`, `Client.VolumeLimitExceeded`
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html#troubleshooting-launch-internal>).
    pub stillborn: BTreeMap<String, String>,
    /// Ids of public images that their owner has taken back: nothing can be launched from them any more, and what was
    /// goes on (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html>).
    pub withdrawn_images: BTreeSet<String>,
    /// Names of load balancers that can't be set up: they are `failed` when they should become active
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html>).
    pub failed_load_balancers: BTreeSet<String>,
    /// Whether callers need a policy that allows what they do. Off, everyone may do everything. The account's root
    /// user, who is whoever signs with the account's number as access key id, always may.
    pub enforce_policies: bool,
    /// How much of what IAM holds the account may have.
    pub iam_limits: IamLimits,
    /// How much of S3 the account may have.
    pub s3_limits: S3Limits,
    /// How much of Route 53 the account may have.
    pub route53_limits: Route53Limits,
    /// How Auto Scaling behaves.
    pub autoscaling: AutoScaling,
    /// What CloudWatch knows without being told.
    pub cloudwatch: CloudWatch,
}

impl Settings {
    /// Everything happens at once and can be read at once.
    pub fn instant() -> Self {
        Self { timings: Timings::instant(), consistency: Consistency::strong(), ..Self::default() }
    }

    /// Things take their time, and can be read at once.
    pub fn calm() -> Self {
        Self { consistency: Consistency::strong(), ..Self::default() }
    }
}

/// When what was written can be read.
///
/// EC2's API "follows an eventual consistency model"
/// (<https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>), and so does IAM
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Consistency {
    /// An object shows at the latest so long after its creation; each has a moment of its own within.
    pub window: Seconds,
    /// As `window`, for instance profiles where EC2 reads them.
    pub instance_profile_window: Seconds,
    /// Whether an object comes and goes within its window, as reads reach one replica or another; if not, it stays
    /// away until its moment.
    pub flapping: bool,
}

impl Default for Consistency {
    fn default() -> Self {
        Self { window: Seconds(2.0), instance_profile_window: Seconds(12.0), flapping: true }
    }
}

impl Consistency {
    /// What was written can be read at once.
    pub fn strong() -> Self {
        Self { window: Seconds(0.0), instance_profile_window: Seconds(0.0), flapping: false }
    }
}
