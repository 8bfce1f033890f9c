//! `[primaries]` and `[secondaries]`.

use crate::sizing::{Capacity, PoolSize};
use crate::spec::disk::DiskSize;
use crate::spec::{Disk, Field, Invalid, Node, Percent, Pool, Primaries, Reader, Secondaries, Size};

pub(in crate::spec) fn primaries(section: &mut Reader<'_>) -> Option<Primaries> {
    let three = section.or("count", Three);
    let machine_type = section.required("machine_type", "\"m7i.xlarge\"");
    let memory = memory(section);
    let root_disk = disk(section, "root_disk");
    let data_disk = disk(section, "data_disk");
    three?;
    Some(Primaries { machine_type: machine_type?, memory: memory?, root_disk: root_disk?, data_disk: data_disk? })
}

/// Reads the pool; `capacity` says whether `[capacity]` is there and what it holds if it is right.
pub(in crate::spec) fn secondaries(
    section: &mut Reader<'_>,
    capacity: Option<Option<Capacity>>,
) -> Option<Secondaries> {
    let pool = match capacity {
        Some(capacity) => for_capacity(section, capacity),
        None => sized(section),
    };
    let machine_type = section.required("machine_type", "\"m7i.xlarge\"");
    let memory = memory(section);
    let root_disk = disk(section, "root_disk");
    Some(Secondaries { pool: pool?, machine_type: machine_type?, memory: memory?, root_disk: root_disk? })
}

fn for_capacity(section: &mut Reader<'_>, capacity: Option<Capacity>) -> Option<Pool> {
    let mut alone = true;
    for key in ["count", "min", "max", "target_cpu"] {
        if section.has(key) {
            section.refuse(
                key,
                "[capacity] gives the number already",
                format!("remove {key}, or remove [capacity] to give the number here"),
            );
            alone = false;
        }
    }
    capacity.filter(|_| alone).map(Pool::ForCapacity)
}

fn sized(section: &mut Reader<'_>) -> Option<Pool> {
    let count: Option<Count> = section.optional("count");
    let min: Option<Count> = section.optional("min");
    let max: Option<Count> = section.optional("max");
    let target_cpu = section.or("target_cpu", Percent::SEVENTY);
    let ranged = section.has("min") || section.has("max");
    if section.has("target_cpu") && !ranged {
        section.refuse(
            "target_cpu",
            "an autoscaler's target is given without min and max",
            "add min and max (and remove count), or remove target_cpu",
        );
        return None;
    }
    if section.has("count") {
        if ranged {
            section.refuse(
                "count",
                "a fixed count is given together with min or max",
                "keep either count, or min and max",
            );
            return None;
        }
        return Some(Pool::Sized(PoolSize::Fixed { count: count?.0 }));
    }
    if !ranged {
        section.refuse(
            "count",
            "nothing says how many secondaries",
            "add count = 5, or min and max, or a [capacity] section",
        );
        return None;
    }
    for (key, other) in [("min", "max"), ("max", "min")] {
        if !section.has(key) {
            section.refuse(key, format!("is missing beside {other}"), format!("add {key}, or use count alone"));
        }
    }
    let (Count(min), Count(max)) = (min?, max?);
    if min > max {
        section.refuse("min", format!("{min} is more than max = {max}"), "write a min that isn't above max");
        return None;
    }
    if max == 0 {
        section.refuse("max", "a range that ends at 0 never has a node", "write max = 1 or more, or count = 0");
        return None;
    }
    Some(Pool::Sized(PoolSize::Range { min, max, target_cpu: target_cpu? }))
}

/// The machine's memory where it is stated: some, or nothing to say; `None` if it is wrong.
fn memory(section: &mut Reader<'_>) -> Option<Option<Size>> {
    if !section.has("memory") {
        return Some(None);
    }
    let Memory(memory) = section.optional("memory")?;
    Some(Some(memory))
}

fn disk(section: &mut Reader<'_>, key: &'static str) -> Option<Disk> {
    if !section.has(key) {
        return Some(Disk::default());
    }
    section.section(key, |disk| disk.or("size", DiskSize(Disk::SMALLEST)).map(|DiskSize(size)| Disk { size })).flatten()
}

/// The number of primaries, which is three.
struct Three;

impl Field for Three {
    fn read(node: &Node) -> Result<Self, Invalid> {
        match node.integer()? {
            3 => Ok(Self),
            other => Err(Invalid::new(
                format!(
                    "{other} isn't possible: three primaries form the quorum that outlives the loss of one; fewer \
                     outlive none, and more bring no work, as that is the secondaries'"
                ),
                "remove the line, or write count = 3",
            )),
        }
    }
}

/// A number of secondaries.
struct Count(u32);

impl Field for Count {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let count = node.integer()?;
        match u32::try_from(count) {
            Ok(count) if count <= Secondaries::MOST => Ok(Self(count)),
            _ => Err(Invalid::new(
                format!("{count} isn't a number of secondaries that a cluster may have"),
                format!("write 0 to {}", Secondaries::MOST),
            )),
        }
    }
}

/// A machine's memory, which isn't nothing.
struct Memory(Size);

impl Field for Memory {
    fn read(node: &Node) -> Result<Self, Invalid> {
        match Size::read(node)? {
            none if none.as_bytes() == 0 => Err(Invalid::new(
                format!("{none} of memory carries no run"),
                "write the machine's memory, such as \"16GiB\"",
            )),
            memory => Ok(Self(memory)),
        }
    }
}
