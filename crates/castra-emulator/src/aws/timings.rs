//! How long things take on AWS.

use serde::{Deserialize, Serialize};

use crate::Seconds;

macro_rules! timings {
    ($($(#[$attribute:meta])* $name:ident = $seconds:expr,)*) => {
        /// How long things take, in emulated seconds. The defaults are those of the real service as its documentation
        /// or published measurements give them; each field names its source.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct Timings {
            $($(#[$attribute])* pub $name: Seconds,)*
        }

        impl Default for Timings {
            fn default() -> Self {
                Self { $($name: Seconds($seconds),)* }
            }
        }

        impl Timings {
            /// Everything happens at once.
            pub fn instant() -> Self {
                Self { $($name: Seconds(0.0),)* }
            }
        }
    };
}

timings! {
    /// From an instance's launch until it is running
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html> has the states; AWS speaks
    /// of "a few minutes" until it can be used, published measurements of 10 to 20 s until it runs).
    instance_pending = 15.0,
    /// Until a network interface is attached, or detached
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network-interface-attachments.html> has the states and no
    /// times; hot attachment takes a few seconds).
    interface_attachment = 3.0,
    /// Until a service-linked role is deleted, or its deletion has failed: "asynchronous"
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html>); callers' waiters see
    /// it done after a few polls.
    service_linked_role_deletion = 5.0,
}
