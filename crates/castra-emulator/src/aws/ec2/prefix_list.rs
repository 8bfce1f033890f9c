//! AWS's own prefix lists (<https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html>).

use crate::aws::call::Operations;

pub(super) const OPERATIONS: Operations = &[];
