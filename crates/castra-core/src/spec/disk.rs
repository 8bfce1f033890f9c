//! Disks.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Field, Invalid, Node, Size};

/// A disk. Every disk is encrypted; there is no switch for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Disk {
    /// Its size: a whole number of GiB, from 100GiB to 64TiB.
    pub size: Size,
}

impl Disk {
    /// The smallest disk of a node.
    ///
    /// Source: HashiCorp, *Terraform Enterprise cluster, custom installation* (2022): at least 100 GB under `/var`.
    pub const SMALLEST: Size = Size::gib(100);
    /// The largest disk, the largest single volume that all three clouds offer.
    pub const LARGEST: Size = Size::gib(64 * 1024);
}

impl Default for Disk {
    fn default() -> Self {
        Self { size: Self::SMALLEST }
    }
}

/// The size of a disk, within its bounds.
pub(super) struct DiskSize(pub(super) Size);

impl Field for DiskSize {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let size = Size::read(node)?;
        if size < Disk::SMALLEST {
            return Err(Invalid::new(
                format!("a disk of {size} is too small: a node needs at least {}", Disk::SMALLEST),
                format!("write \"{}\" or more (GiB, not GB: 100GB is less)", Disk::SMALLEST),
            ));
        }
        if size > Disk::LARGEST {
            return Err(Invalid::new(
                format!("a disk of {size} is larger than any cloud offers"),
                format!("write \"{}\" or less", Disk::LARGEST),
            ));
        }
        let Some(gib) = size.whole_gib() else {
            let up = size.as_bytes().div_ceil(Size::gib(1).as_bytes());
            return Err(Invalid::new(
                format!("{size} isn't a whole number of GiB, which is how clouds size disks"),
                format!("write \"{up}GiB\""),
            ));
        };
        Ok(Self(Size::gib(gib)))
    }
}
