//! Kinds of volumes and their limits (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html>).

use crate::aws::ApiError;

/// What a volume is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) kind: String,
    /// GiB.
    pub(crate) size: i64,
    pub(crate) iops: Option<i64>,
    pub(crate) throughput: Option<i64>,
}

/// What a volume is asked to be like.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) kind: Option<&'a str>,
    pub(crate) size: Option<i64>,
    pub(crate) iops: Option<i64>,
    pub(crate) throughput: Option<i64>,
    /// The snapshot that it comes from, and that snapshot's size.
    pub(crate) snapshot: Option<(&'a str, i64)>,
}

/// What a kind allows.
struct Kind {
    /// GiB, least and most.
    size: (i64, i64),
    /// Least and most IOPS, and the most for each GiB; none = not to be chosen.
    iops: Option<(i64, i64, i64)>,
}

const fn kind(size: (i64, i64), iops: Option<(i64, i64, i64)>) -> Kind {
    Kind { size, iops }
}

fn named(name: &str) -> Kind {
    match name {
        "gp3" => kind((1, 65_536), Some((3_000, 80_000, 500))),
        "io1" => kind((4, 16_384), Some((100, 64_000, 50))),
        "io2" => kind((4, 65_536), Some((100, 256_000, 1_000))),
        "st1" | "sc1" => kind((125, 16_384), None),
        "standard" => kind((1, 1_024), None),
        _ => kind((1, 16_384), None),
    }
}

fn invalid<T>(message: String) -> Result<T, ApiError> {
    Err(ApiError::new("InvalidParameterValue", message))
}

/// The shape of a volume that is asked for, with what nobody said filled in; refused if there is no such volume.
pub(crate) fn shape(wanted: &Wanted<'_>) -> Result<Shape, ApiError> {
    let name = wanted.kind.unwrap_or("gp2");
    let Kind { size: (least, most), iops } = named(name);
    let Some(size) = wanted.size.or(wanted.snapshot.map(|(_, size)| size)) else {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter size/snapshot"));
    };
    if let Some((snapshot, needed)) = wanted.snapshot
        && size < needed
    {
        let message =
            format!("Volume of size {size}GB is smaller than snapshot '{snapshot}', expect size >= {needed}GB");
        return Err(ApiError::new("InvalidBlockDeviceMapping", message));
    }
    if size > most {
        return invalid(format!("Volume of {size}GiB is too large for volume type {name}; maximum is {most}GiB."));
    }
    if size < least {
        return invalid(format!("Volume of {size}GiB is too small for volume type {name}; minimum is {least}GiB."));
    }
    let iops = iops_of(name, size, wanted.iops, iops)?;
    let throughput = throughput_of(name, iops, wanted.throughput)?;
    Ok(Shape { kind: name.to_owned(), size, iops, throughput })
}

fn iops_of(
    name: &str,
    size: i64,
    wanted: Option<i64>,
    limits: Option<(i64, i64, i64)>,
) -> Result<Option<i64>, ApiError> {
    let Some((least, most, per_gib)) = limits else {
        if wanted.is_some() {
            let message = format!("The parameter iops is not supported for {name} volumes.");
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
        // Three for each GiB, at least 100 and at most 16,000.
        return Ok((name == "gp2").then(|| (3 * size).clamp(100, 16_000)));
    };
    let Some(iops) = wanted else {
        if name != "gp3" {
            let message = format!("The parameter iops must be specified for {name} volumes.");
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
        return Ok(Some(3_000));
    };
    if iops < least {
        return invalid(format!("Volume iops of {iops} is too low; minimum is {least}."));
    }
    if iops > most {
        return invalid(format!("Volume iops of {iops} is too high; maximum is {most}."));
    }
    // A small volume may have the least all the same.
    if iops > (per_gib * size).max(least) {
        let ratio = ratio(iops, size);
        return invalid(format!("Iops to volume size ratio of {ratio:.6} is too high; maximum is {per_gib}.000000."));
    }
    Ok(Some(iops))
}

fn throughput_of(name: &str, iops: Option<i64>, wanted: Option<i64>) -> Result<Option<i64>, ApiError> {
    if name != "gp3" {
        return match wanted {
            Some(_) => {
                let message = "throughput can only be specified for volumeType gp3.";
                Err(ApiError::new("InvalidParameterCombination", message))
            }
            None => Ok(None),
        };
    }
    let throughput = wanted.unwrap_or(125);
    if throughput < 125 {
        return invalid(format!("Throughput of {throughput} is too low; minimum is 125."));
    }
    if throughput > 2_000 {
        return invalid(format!("Throughput of {throughput} is too high; maximum is 2000."));
    }
    let iops = iops.unwrap_or(3_000);
    if throughput * 4 > iops {
        let ratio = ratio(throughput, iops);
        return invalid(format!(
            "Throughput to iops ratio of {ratio:.6} is too high; maximum is 0.250000 MiBps per iops."
        ));
    }
    Ok(Some(throughput))
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn ratio(of: i64, to: i64) -> f64 {
    of as f64 / to.max(1) as f64
}
