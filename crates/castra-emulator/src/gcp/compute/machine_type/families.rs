//! Families of machine types (<https://cloud.google.com/compute/docs/machine-resource>).

/// Types of one family and kind that differ in size: `n2-standard-2`, `n2-standard-4`.
pub(super) struct Series {
    /// What their names begin with: `n2-standard`.
    pub(super) name: &'static str,
    /// How many virtual processors they have.
    pub(super) cpus: &'static [u32],
    /// The memory of each processor, in MB.
    pub(super) memory: f64,
    pub(super) arm: bool,
}

/// A type of its own: name, virtual processors, memory in MB, and whether it shares its processors.
pub(super) type Single = (&'static str, u32, u32, bool);

const GB: f64 = 1024.0;

const fn series(name: &'static str, cpus: &'static [u32], memory: f64) -> Series {
    Series { name, cpus, memory, arm: false }
}

const fn arm(name: &'static str, cpus: &'static [u32], memory: f64) -> Series {
    Series { name, cpus, memory, arm: true }
}

/// <https://cloud.google.com/compute/docs/general-purpose-machines>,
/// <https://cloud.google.com/compute/docs/compute-optimized-machines>,
/// <https://cloud.google.com/compute/docs/accelerator-optimized-machines>.
pub(super) static SERIES: &[Series] = &[
    series("c2-standard", &[4, 8, 16, 30, 60], 4.0 * GB),
    series("c2d-highcpu", &[2, 4, 8, 16, 32, 56, 112], 2.0 * GB),
    series("c2d-highmem", &[2, 4, 8, 16, 32, 56, 112], 8.0 * GB),
    series("c2d-standard", &[2, 4, 8, 16, 32, 56, 112], 4.0 * GB),
    series("c3-highcpu", &[4, 8, 22, 44, 88, 176], 2.0 * GB),
    series("c3-highmem", &[4, 8, 22, 44, 88, 176], 8.0 * GB),
    series("c3-standard", &[4, 8, 22, 44, 88, 176], 4.0 * GB),
    series("c3d-highmem", &[4, 8, 16, 30, 60, 90, 180, 360], 8.0 * GB),
    series("c3d-standard", &[4, 8, 16, 30, 60, 90, 180, 360], 4.0 * GB),
    arm("c4a-highcpu", &[1, 2, 4, 8, 16, 32, 48, 64, 72], 2.0 * GB),
    arm("c4a-highmem", &[1, 2, 4, 8, 16, 32, 48, 64, 72], 8.0 * GB),
    arm("c4a-standard", &[1, 2, 4, 8, 16, 32, 48, 64, 72], 4.0 * GB),
    series("e2-highcpu", &[2, 4, 8, 16, 32], GB),
    series("e2-highmem", &[2, 4, 8, 16], 8.0 * GB),
    series("e2-standard", &[2, 4, 8, 16, 32], 4.0 * GB),
    series("g2-standard", &[4, 8, 12, 16, 24, 32, 48, 96], 4.0 * GB),
    series("n1-highcpu", &[2, 4, 8, 16, 32, 64, 96], 0.9 * GB),
    series("n1-highmem", &[2, 4, 8, 16, 32, 64, 96], 6.5 * GB),
    series("n1-standard", &[1, 2, 4, 8, 16, 32, 64, 96], 3.75 * GB),
    series("n2-highcpu", &[2, 4, 8, 16, 32, 48, 64, 80, 96], GB),
    series("n2-highmem", &[2, 4, 8, 16, 32, 48, 64, 80, 96], 8.0 * GB),
    series("n2-standard", &[2, 4, 8, 16, 32, 48, 64, 80, 96, 128], 4.0 * GB),
    series("n2d-highcpu", &[2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224], GB),
    series("n2d-highmem", &[2, 4, 8, 16, 32, 48, 64, 80, 96], 8.0 * GB),
    series("n2d-standard", &[2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224], 4.0 * GB),
    series("n4-highcpu", &[2, 4, 8, 16, 32, 48, 64, 80], 2.0 * GB),
    series("n4-highmem", &[2, 4, 8, 16, 32, 48, 64, 80], 8.0 * GB),
    series("n4-standard", &[2, 4, 8, 16, 32, 48, 64, 80], 4.0 * GB),
    arm("t2a-standard", &[1, 2, 4, 8, 16, 32, 48], 4.0 * GB),
    series("t2d-standard", &[1, 2, 4, 8, 16, 32, 48, 60], 4.0 * GB),
];

/// Those with shared processors (<https://cloud.google.com/compute/docs/general-purpose-machines#sharedcore>), and those
/// with graphics processors or much memory.
pub(super) static SINGLES: &[Single] = &[
    ("a2-highgpu-1g", 12, 87_040, false),
    ("a2-highgpu-2g", 24, 174_080, false),
    ("a2-highgpu-4g", 48, 348_160, false),
    ("a2-highgpu-8g", 96, 696_320, false),
    ("e2-medium", 2, 4096, true),
    ("e2-micro", 2, 1024, true),
    ("e2-small", 2, 2048, true),
    ("f1-micro", 1, 614, true),
    ("g1-small", 1, 1740, true),
    ("m1-megamem-96", 96, 1_468_006, false),
    ("m1-ultramem-40", 40, 984_064, false),
    ("m1-ultramem-80", 80, 1_968_128, false),
    ("m1-ultramem-160", 160, 3_936_256, false),
    ("n2-highmem-128", 128, 884_736, false),
];

/// A family of types whose processors and memory are chosen: prefix of their names, the least and the most memory of
/// each processor in MB, and the most processors
/// (<https://cloud.google.com/compute/docs/instances/creating-instance-with-custom-machine-type>).
pub(super) type Custom = (&'static str, f64, f64, u32);

pub(super) static CUSTOM: &[Custom] = &[
    ("e2-custom", 0.5 * GB, 8.0 * GB, 32),
    ("n2-custom", 0.5 * GB, 8.0 * GB, 96),
    ("n2d-custom", 0.5 * GB, 8.0 * GB, 96),
    ("n4-custom", 2.0 * GB, 8.0 * GB, 80),
    // Of the first family, without its name.
    ("custom", 0.9 * GB, 6.5 * GB, 96),
    ("n1-custom", 0.9 * GB, 6.5 * GB, 96),
];
