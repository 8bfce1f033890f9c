//! Instance types and where they are offered.

use crate::aws::call::Operations;

pub(super) const OPERATIONS: Operations = &[];
