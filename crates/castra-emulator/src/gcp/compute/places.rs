//! Regions and zones: some of Google's, with the zones that they have
//! (<https://cloud.google.com/compute/docs/regions-zones>).

/// A region: its name, its zones' letters, and its subnet in networks that make their own
/// (<https://cloud.google.com/vpc/docs/subnets#ip-ranges>).
type Region = (&'static str, &'static str, &'static str);

static REGIONS: &[Region] = &[
    ("asia-east1", "abc", "10.140.0.0/20"),
    ("asia-northeast1", "abc", "10.146.0.0/20"),
    ("asia-southeast1", "abc", "10.148.0.0/20"),
    ("australia-southeast1", "abc", "10.152.0.0/20"),
    ("europe-north1", "abc", "10.166.0.0/20"),
    ("europe-west1", "bcd", "10.132.0.0/20"),
    ("europe-west2", "abc", "10.154.0.0/20"),
    ("europe-west3", "abc", "10.156.0.0/20"),
    ("europe-west4", "abc", "10.164.0.0/20"),
    ("southamerica-east1", "abc", "10.158.0.0/20"),
    ("us-central1", "abcf", "10.128.0.0/20"),
    ("us-east1", "bcd", "10.142.0.0/20"),
    ("us-east4", "abc", "10.150.0.0/20"),
    ("us-west1", "abc", "10.138.0.0/20"),
];

/// Every region's name.
pub(crate) fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|(name, ..)| *name)
}

/// Every zone's name.
pub(crate) fn zones() -> impl Iterator<Item = String> {
    regions().flat_map(zones_of)
}

/// The names of a region's zones.
pub(crate) fn zones_of(region: &str) -> Vec<String> {
    let found = REGIONS.iter().find(|(name, ..)| *name == region);
    found.map_or_else(Vec::new, |(name, letters, _)| letters.chars().map(|letter| format!("{name}-{letter}")).collect())
}

/// The subnets that a network in auto mode has, by region.
pub(crate) fn automatic_subnets() -> impl Iterator<Item = (&'static str, &'static str)> {
    REGIONS.iter().map(|(name, _, range)| (*name, *range))
}

pub(crate) fn is_region(name: &str) -> bool {
    regions().any(|region| region == name)
}

pub(crate) fn is_zone(name: &str) -> bool {
    let split = name.rsplit_once('-');
    split.is_some_and(|(region, letter)| {
        let found = REGIONS.iter().find(|(name, ..)| *name == region);
        letter.len() == 1 && found.is_some_and(|(_, letters, _)| letters.contains(letter))
    })
}
