//! In which zones a managed group's members are
//! (<https://cloud.google.com/compute/docs/instance-groups/regional-mig-distribution-shape>).

use std::cmp::Reverse;

use super::plan::Aim;

/// How a regional group's members are to be spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// As many in each zone, give or take one.
    Even,
    /// Where there are machines, with no regard for balance: `ANY`, and here `BALANCED` too.
    Any,
    /// All in one zone that has machines.
    SingleZone,
}

impl Shape {
    pub(super) fn parse(shape: &str) -> Self {
        match shape {
            "ANY" | "BALANCED" => Self::Any,
            "ANY_SINGLE_ZONE" => Self::SingleZone,
            _ => Self::Even,
        }
    }
}

/// How many are to be in each zone, given how many are there: those with more have one more, if it doesn't come out
/// even.
pub(super) fn even(size: usize, has: &[usize]) -> Vec<usize> {
    if has.is_empty() {
        return Vec::new();
    }
    let (each, mut rest) = (size / has.len(), size % has.len());
    let mut order: Vec<usize> = (0..has.len()).collect();
    order.sort_by_key(|place| Reverse(has.get(*place).copied()));
    let mut shares = vec![each; has.len()];
    for place in order {
        if rest == 0 {
            break;
        }
        if let Some(share) = shares.get_mut(place) {
            *share += 1;
            rest -= 1;
        }
    }
    shares
}

/// The zones of so many new members, given the zones of those that stay.
pub(super) fn places(aim: &Aim, stay: &[&str], count: usize) -> Vec<String> {
    let mut has: Vec<usize> = aim.zones.iter().map(|zone| stay.iter().filter(|other| *other == zone).count()).collect();
    let stocked = |place: &usize| aim.zones.get(*place).is_some_and(|zone| !aim.exhausted.contains(zone));
    let all: Vec<usize> = (0..has.len()).collect();
    let open: Vec<usize> = all.iter().copied().filter(stocked).collect();
    let open = if open.is_empty() { all.clone() } else { open };
    let mut places = Vec::new();
    for _ in 0..count {
        let here = |place: &usize| has.get(*place).copied().unwrap_or(0);
        let next = match aim.shape {
            Shape::Even => {
                let shares = even(aim.size, &has);
                let lacks = |place: &usize| shares.get(*place).copied().unwrap_or(0).saturating_sub(here(place));
                all.iter().copied().min_by_key(|place| (Reverse(lacks(place)), here(place), *place))
            }
            Shape::Any => open.iter().copied().min_by_key(|place| (here(place), *place)),
            Shape::SingleZone => open.iter().copied().min_by_key(|place| (Reverse(here(place)), *place)),
        };
        let Some(next) = next else { break };
        if let (Some(count), Some(zone)) = (has.get_mut(next), aim.zones.get(next)) {
            *count += 1;
            places.push(zone.clone());
        }
    }
    places
}
