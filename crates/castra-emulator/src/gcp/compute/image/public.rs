//! Public images: some of those that Google and others offer
//! (<https://cloud.google.com/compute/docs/images/os-details>).

/// The images of one family: project (`debian-cloud`), family (`debian-12`), what their names begin with
/// (`debian-12-bookworm`), description, and size in GB. Those for ARM say so in the family's name.
pub(super) type Family = (&'static str, &'static str, &'static str, &'static str, u64);

pub(super) static FAMILIES: &[Family] = &[
    ("centos-cloud", "centos-stream-9", "centos-stream-9", "CentOS, CentOS, Stream 9, x86_64", 20),
    ("cos-cloud", "cos-117-lts", "cos-117-18613-439", "Google, Container-Optimized OS, 117 LTS", 10),
    ("cos-cloud", "cos-121-lts", "cos-121-18867-294", "Google, Container-Optimized OS, 121 LTS", 10),
    ("cos-cloud", "cos-arm64-stable", "cos-arm64-stable-125-19216-104", "Google, Container-Optimized OS, ARM64", 10),
    ("cos-cloud", "cos-stable", "cos-stable-125-19216-104", "Google, Container-Optimized OS, stable", 10),
    ("debian-cloud", "debian-11", "debian-11-bullseye", "Debian, Debian GNU/Linux, 11 (bullseye), amd64", 10),
    ("debian-cloud", "debian-12", "debian-12-bookworm", "Debian, Debian GNU/Linux, 12 (bookworm), amd64", 10),
    ("debian-cloud", "debian-12-arm64", "debian-12-bookworm-arm64", "Debian, Debian GNU/Linux, 12, arm64", 10),
    ("debian-cloud", "debian-13", "debian-13-trixie", "Debian, Debian GNU/Linux, 13 (trixie), amd64", 10),
    ("debian-cloud", "debian-13-arm64", "debian-13-trixie-arm64", "Debian, Debian GNU/Linux, 13, arm64", 10),
    ("rhel-cloud", "rhel-8", "rhel-8", "Red Hat, Red Hat Enterprise Linux, 8, x86_64", 20),
    ("rhel-cloud", "rhel-9", "rhel-9", "Red Hat, Red Hat Enterprise Linux, 9, x86_64", 20),
    ("rhel-cloud", "rhel-9-arm64", "rhel-9-arm64", "Red Hat, Red Hat Enterprise Linux, 9, arm64", 20),
    ("rhel-cloud", "rhel-10", "rhel-10", "Red Hat, Red Hat Enterprise Linux, 10, x86_64", 20),
    ("rocky-linux-cloud", "rocky-linux-8", "rocky-linux-8", "Rocky Linux, Rocky Linux, 8, x86_64", 20),
    ("rocky-linux-cloud", "rocky-linux-9", "rocky-linux-9", "Rocky Linux, Rocky Linux, 9, x86_64", 20),
    ("suse-cloud", "sles-15", "sles-15-sp7", "SUSE, SUSE Linux Enterprise Server, 15 SP7, x86_64", 10),
    ("ubuntu-os-cloud", "ubuntu-2204-lts", "ubuntu-2204-jammy", "Canonical, Ubuntu, 22.04 LTS, amd64", 10),
    ("ubuntu-os-cloud", "ubuntu-2204-lts-arm64", "ubuntu-2204-jammy-arm64", "Canonical, Ubuntu, 22.04 LTS, arm64", 10),
    ("ubuntu-os-cloud", "ubuntu-2404-lts-amd64", "ubuntu-2404-noble-amd64", "Canonical, Ubuntu, 24.04 LTS, amd64", 10),
    ("ubuntu-os-cloud", "ubuntu-2404-lts-arm64", "ubuntu-2404-noble-arm64", "Canonical, Ubuntu, 24.04 LTS, arm64", 10),
    ("windows-cloud", "windows-2022", "windows-server-2022-dc", "Microsoft, Windows Server, 2022 Datacenter", 50),
];

/// The days of a family's images, from the newest; all but the first are deprecated.
pub(super) static VERSIONS: &[&str] = &["20251111", "20251014"];
