//! DHCP options, as far as each VPC has some.

use crate::aws::call::Operations;

pub(super) const OPERATIONS: Operations = &[];
