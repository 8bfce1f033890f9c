//! Regions and availability zones.

use crate::aws::call::Operations;

pub(super) const OPERATIONS: Operations = &[];
