//! The public images: Amazon Linux 2023 and 2, Ubuntu 24.04 and 22.04, each with an older release that is deprecated.
//! Names, devices and owners are those of the real ones
//! (<https://docs.aws.amazon.com/linux/al2023/ug/ec2.html>, <https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/>);
//! ids are made from region and name, so that each region has its own, and each run the same.

use jiff::Timestamp;

use super::{Image, ImageDisk};
use crate::aws::ec2::Tags;
use crate::aws::ec2::snapshot::Snapshot;
use crate::chance::Chance;

/// A public image.
pub(super) struct Public {
    pub(super) name: &'static str,
    maker: &'static Maker,
    architecture: &'static str,
    created: &'static str,
    deprecated: &'static str,
    description: &'static str,
}

/// Who makes images, and what theirs are like.
struct Maker {
    owner: &'static str,
    root_device: &'static str,
    disk_kind: &'static str,
    imds_v2: bool,
}

/// Amazon Linux 2023 asks for IMDSv2 (<https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html>).
const AL2023: Maker = Maker { owner: "137112412989", root_device: "/dev/xvda", disk_kind: "gp3", imds_v2: true };
const AL2: Maker = Maker { owner: "137112412989", root_device: "/dev/xvda", disk_kind: "gp2", imds_v2: false };
const NOBLE: Maker = Maker { owner: "099720109477", root_device: "/dev/sda1", disk_kind: "gp3", imds_v2: true };
const JAMMY: Maker = Maker { owner: "099720109477", root_device: "/dev/sda1", disk_kind: "gp2", imds_v2: false };

/// When current images will be deprecated. In reality their successors come in time
/// (<https://docs.aws.amazon.com/linux/al2023/release-notes/support-info-by-support-statement.html>: after 90 days);
/// here they don't.
const FAR: &str = "2036-01-01T00:00:00Z";

macro_rules! public {
    ($($name:literal $maker:ident $architecture:literal $created:literal $deprecated:expr, $description:literal;)*) => {
        &[$(Public {
            name: $name,
            maker: &$maker,
            architecture: $architecture,
            created: $created,
            deprecated: $deprecated,
            description: $description,
        }),*]
    };
}

#[rustfmt::skip]
pub(super) const ALL: &[Public] = public! {
    "al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64" AL2023 "x86_64" "2026-09-30T22:07:31Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 x86_64 HVM kernel-6.18";
    "al2023-ami-2023.12.20260930.0-kernel-6.18-arm64" AL2023 "arm64" "2026-09-30T22:08:02Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 arm64 HVM kernel-6.18";
    "al2023-ami-2023.12.20260930.0-kernel-6.12-x86_64" AL2023 "x86_64" "2026-09-30T22:05:44Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 x86_64 HVM kernel-6.12";
    "al2023-ami-2023.12.20260930.0-kernel-6.12-arm64" AL2023 "arm64" "2026-09-30T22:06:12Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 arm64 HVM kernel-6.12";
    "al2023-ami-2023.12.20260930.0-kernel-6.1-x86_64" AL2023 "x86_64" "2026-09-30T22:03:19Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 x86_64 HVM kernel-6.1";
    "al2023-ami-2023.12.20260930.0-kernel-6.1-arm64" AL2023 "arm64" "2026-09-30T22:04:01Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 arm64 HVM kernel-6.1";
    "al2023-ami-minimal-2023.12.20260930.0-kernel-6.18-x86_64" AL2023 "x86_64" "2026-09-30T22:09:27Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 x86_64 Minimal HVM kernel-6.18";
    "al2023-ami-minimal-2023.12.20260930.0-kernel-6.18-arm64" AL2023 "arm64" "2026-09-30T22:09:58Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 arm64 Minimal HVM kernel-6.18";
    "al2023-ami-minimal-2023.12.20260930.0-kernel-6.1-x86_64" AL2023 "x86_64" "2026-09-30T22:10:33Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 x86_64 Minimal HVM kernel-6.1";
    "al2023-ami-minimal-2023.12.20260930.0-kernel-6.1-arm64" AL2023 "arm64" "2026-09-30T22:11:07Z" FAR, "Amazon Linux 2023 AMI 2023.12.20260930.0 arm64 Minimal HVM kernel-6.1";
    "al2023-ami-2023.6.20250115.0-kernel-6.1-x86_64" AL2023 "x86_64" "2025-01-14T20:44:16Z" "2025-04-14T20:44:00Z", "Amazon Linux 2023 AMI 2023.6.20250115.0 x86_64 HVM kernel-6.1";
    "al2023-ami-2023.6.20250115.0-kernel-6.1-arm64" AL2023 "arm64" "2025-01-14T20:45:03Z" "2025-04-14T20:45:00Z", "Amazon Linux 2023 AMI 2023.6.20250115.0 arm64 HVM kernel-6.1";
    "amzn2-ami-kernel-5.10-hvm-2.0.20260930.0-x86_64-gp2" AL2 "x86_64" "2026-09-30T20:12:40Z" FAR, "Amazon Linux 2 Kernel 5.10 AMI 2.0.20260930.0 x86_64 HVM gp2";
    "amzn2-ami-kernel-5.10-hvm-2.0.20260930.0-arm64-gp2" AL2 "arm64" "2026-09-30T20:13:22Z" FAR, "Amazon Linux 2 LTS Arm64 Kernel 5.10 AMI 2.0.20260930.0 arm64 HVM gp2";
    "amzn2-ami-hvm-2.0.20260930.0-x86_64-gp2" AL2 "x86_64" "2026-09-30T20:10:55Z" FAR, "Amazon Linux 2 AMI 2.0.20260930.0 x86_64 HVM gp2";
    "amzn2-ami-hvm-2.0.20260930.0-arm64-gp2" AL2 "arm64" "2026-09-30T20:11:31Z" FAR, "Amazon Linux 2 LTS Arm64 AMI 2.0.20260930.0 arm64 HVM gp2";
    "amzn2-ami-kernel-5.10-hvm-2.0.20240109.0-x86_64-gp2" AL2 "x86_64" "2024-01-10T01:37:05Z" "2025-07-01T00:00:00Z", "Amazon Linux 2 Kernel 5.10 AMI 2.0.20240109.0 x86_64 HVM gp2";
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20260921" NOBLE "x86_64" "2026-09-21T08:01:13Z" FAR, "Canonical, Ubuntu, 24.04, amd64 noble image";
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20260921" NOBLE "arm64" "2026-09-21T08:02:44Z" FAR, "Canonical, Ubuntu, 24.04, arm64 noble image";
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240423" NOBLE "x86_64" "2024-04-23T18:36:50Z" "2026-04-23T18:36:50Z", "Canonical, Ubuntu, 24.04 LTS, amd64 noble image build on 2024-04-23";
    "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260914" JAMMY "x86_64" "2026-09-14T07:48:21Z" FAR, "Canonical, Ubuntu, 22.04 LTS, amd64 jammy image build on 2026-09-14";
    "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-20260914" JAMMY "arm64" "2026-09-14T07:49:36Z" FAR, "Canonical, Ubuntu, 22.04 LTS, arm64 jammy image build on 2026-09-14";
    "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20230516" JAMMY "x86_64" "2023-05-16T03:11:09Z" "2025-05-16T03:11:09Z", "Canonical, Ubuntu, 22.04 LTS, amd64 jammy image build on 2023-05-16";
};

/// The id of a public image in a region.
pub(super) fn id(region: &str, public: &Public) -> String {
    format!("ami-0{}", Chance::of(0, &format!("{region} {}", public.name)).hex(16))
}

/// The public images of a region.
pub(super) fn all(region: &str) -> impl Iterator<Item = Image> {
    ALL.iter().map(move |public| image(region, public))
}

/// The public image of that id.
pub(super) fn named(region: &str, image_id: &str) -> Option<Image> {
    ALL.iter().find(|public| id(region, public) == image_id).map(|public| image(region, public))
}

/// The snapshots of a region's public images.
pub(in crate::aws::ec2) fn snapshots(region: &str) -> impl Iterator<Item = Snapshot> {
    all(region).flat_map(|image| {
        let Image { created, owner, name, disks, .. } = image;
        disks.into_iter().map(move |disk| Snapshot {
            id: disk.snapshot,
            created,
            owner: owner.clone(),
            volume: "vol-ffffffff".to_owned(),
            size: disk.size,
            description: name.clone(),
            encrypted: false,
            kms_key: None,
            completed: Some(created),
            tags: Tags::default(),
        })
    })
}

/// The snapshot of that id of a public image.
pub(in crate::aws::ec2) fn snapshot(region: &str, id: &str) -> Option<Snapshot> {
    snapshots(region).find(|snapshot| snapshot.id == id)
}

fn image(region: &str, public: &Public) -> Image {
    let moment = |text: &str| text.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let maker = public.maker;
    // AL2 knows no UEFI; the others prefer it where there is a choice.
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html
    let boot_mode = match (public.architecture, maker.root_device, maker.disk_kind) {
        ("arm64", _, _) => "uefi",
        (_, "/dev/xvda", "gp2") => "legacy-bios",
        _ => "uefi-preferred",
    };
    let snapshot = Chance::of(1, &format!("{region} {}", public.name)).hex(16);
    Image {
        id: id(region, public),
        created: moment(public.created),
        name: public.name.to_owned(),
        description: public.description.to_owned(),
        owner: maker.owner.to_owned(),
        owner_alias: Some("amazon"),
        architecture: public.architecture.to_owned(),
        boot_mode: boot_mode.to_owned(),
        imds_v2: maker.imds_v2,
        root_device: maker.root_device.to_owned(),
        disks: vec![ImageDisk {
            device: maker.root_device.to_owned(),
            snapshot: format!("snap-0{snapshot}"),
            size: if public.name.contains("minimal") { 2 } else { 8 },
            kind: maker.disk_kind.to_owned(),
            encrypted: false,
            delete_on_termination: true,
        }],
        deprecation: Some(moment(public.deprecated)),
        tags: Tags::default(),
    }
}
