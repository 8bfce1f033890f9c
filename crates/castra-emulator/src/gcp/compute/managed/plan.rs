//! What a managed group does next, from what it wants and what it has: nothing here changes anything.

use std::cmp::Reverse;

use super::level::Level;
use super::spread::{self, Shape};

/// What a group wants.
#[derive(Debug, Clone)]
pub(super) struct Aim {
    pub(super) size: usize,
    pub(super) zones: Vec<String>,
    pub(super) shape: Shape,
    /// Whether members move to other zones to make the zones even.
    pub(super) redistributes: bool,
    /// How many members more than its size there may be while it updates.
    pub(super) surge: usize,
    /// How many members fewer than its size may be available while it updates.
    pub(super) unavailable: usize,
    /// Whether what is replaced keeps its name: deleted first, created after.
    pub(super) keeps_names: bool,
    /// Zones in which there are no machines at present.
    pub(super) exhausted: Vec<String>,
}

/// How far a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its instance is being made.
    Coming,
    /// It runs, and its health is to be proved, or something is being done to it.
    Unproved,
    /// It runs, and does well as far as is known.
    Available,
    /// Its instance is being deleted.
    Leaving { for_update: bool },
}

/// A member.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'m> {
    pub(super) name: &'m str,
    pub(super) zone: &'m str,
    /// Its place in the order in which members were made.
    pub(super) born: u64,
    pub(super) state: State,
    /// Whether it isn't what the group's versions want.
    pub(super) outdated: bool,
    /// What is to be done to it because of that.
    pub(super) update: Level,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Create {
        zone: String,
    },
    Delete {
        name: String,
        for_update: bool,
    },
    /// Something that keeps the member: it is replaced under its name, restarted or refreshed.
    Update {
        name: String,
        level: Level,
    },
}

/// What a group does next, and whether there is something left that it is to update.
///
/// Of rolling updates: <https://cloud.google.com/compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups>;
/// of deletions when the size shrinks: the `resize` method's page; of even zones:
/// <https://cloud.google.com/compute/docs/instance-groups/distributing-instances-with-regional-instance-groups>.
pub(super) fn plan(aim: &Aim, views: &[View<'_>]) -> (Vec<Step>, bool) {
    let live: Vec<&View<'_>> = views.iter().filter(|view| !matches!(view.state, State::Leaving { .. })).collect();
    let replaced = replaced(aim, &live);
    let is_replaced = |view: &&View<'_>| replaced.iter().any(|other| other.name == view.name);
    let good: Vec<&View<'_>> = live.iter().copied().filter(|view| !is_replaced(view)).collect();
    let going = views.iter().filter(|view| view.state == State::Leaving { for_update: true }).count();
    let rolling = !replaced.is_empty() || going > 0;
    let most = aim.size + if rolling { aim.surge } else { 0 };

    let mut steps = Vec::new();
    let creations = most.saturating_sub(live.len() + going).min(aim.size.saturating_sub(good.len()));
    let zones = good.iter().map(|view| view.zone).collect::<Vec<_>>();
    steps.extend(spread::places(aim, &zones, creations).into_iter().map(|zone| Step::Create { zone }));

    let available = live.iter().filter(|view| view.state == State::Available).count();
    let mut spare = available.saturating_sub(aim.size.saturating_sub(aim.unavailable));
    let mut over = live.len().saturating_sub(most);
    let mut left = live.clone();
    let mut to_go = replaced.clone();
    while let Some(view) = next_to_go(aim, &left, &to_go) {
        to_go.retain(|other| other.name != view.name);
        if view.state != State::Available || over > 0 {
            over = over.saturating_sub(1);
        } else if spare > 0 {
            spare -= 1;
        } else {
            continue;
        }
        left.retain(|other| other.name != view.name);
        steps.push(Step::Delete { name: view.name.to_owned(), for_update: true });
    }
    let mut good_left = good.clone();
    for _ in 0..good.len().saturating_sub(aim.size) {
        let Some(view) = next_to_go(aim, &good_left, &good_left) else { break };
        good_left.retain(|other| other.name != view.name);
        steps.push(Step::Delete { name: view.name.to_owned(), for_update: false });
    }
    for view in good_left.iter().filter(|view| in_place(aim, view)) {
        let disrupts = view.update > Level::Refresh && view.state == State::Available;
        if disrupts && spare == 0 {
            continue;
        }
        spare -= usize::from(disrupts);
        steps.push(Step::Update { name: view.name.to_owned(), level: view.update });
    }
    let pending = rolling || good_left.iter().any(|view| in_place(aim, view));
    (steps, pending)
}

fn in_place(aim: &Aim, view: &View<'_>) -> bool {
    match view.update {
        Level::None => false,
        Level::Replace => aim.keeps_names,
        Level::Refresh | Level::Restart => true,
    }
}

/// The members in whose place others are to come: those to be replaced by an update; else, those that are too many in
/// their zones, if no zone may have two members more than another.
fn replaced<'v>(aim: &Aim, live: &[&'v View<'v>]) -> Vec<&'v View<'v>> {
    let updated: Vec<&View<'_>> =
        live.iter().copied().filter(|view| view.update == Level::Replace && !in_place(aim, view)).collect();
    if !updated.is_empty() || !aim.redistributes || live.len() > aim.size {
        return updated;
    }
    let has: Vec<usize> = aim.zones.iter().map(|zone| live.iter().filter(|view| view.zone == zone).count()).collect();
    let (least, most) = (has.iter().min().copied().unwrap_or(0), has.iter().max().copied().unwrap_or(0));
    if most <= least + 1 {
        return updated;
    }
    let shares = spread::even(aim.size, &has);
    let mut moved = Vec::new();
    for ((zone, has), share) in aim.zones.iter().zip(&has).zip(&shares) {
        let mut here: Vec<&View<'_>> = live.iter().copied().filter(|view| view.zone == zone).collect();
        here.sort_by_key(|view| Reverse(view.born));
        moved.extend(here.into_iter().take(has.saturating_sub(*share)));
    }
    moved
}

/// Which of `of` goes first, if some of the members that are left have to: one in the zone that has too many, then one
/// that doesn't run well, then one of an old version, then the youngest.
fn next_to_go<'v>(aim: &Aim, left: &[&'v View<'v>], of: &[&'v View<'v>]) -> Option<&'v View<'v>> {
    let count = |zone: &str| left.iter().filter(|view| view.zone == zone).count();
    let even = aim.shape == Shape::Even;
    of.iter().copied().min_by_key(|view| {
        let crowded = if even { count(view.zone) } else { 0 };
        let unwell = !matches!(view.state, State::Available);
        (Reverse(crowded), Reverse(unwell), Reverse(view.outdated), Reverse(view.born))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[derive(Debug, Clone)]
    struct Toy {
        name: String,
        zone: String,
        born: u64,
        state: State,
        old: bool,
    }

    fn aim(size: usize, surge: usize, unavailable: usize) -> Aim {
        Aim {
            size,
            zones: ["a", "b", "c"].map(str::to_owned).to_vec(),
            shape: Shape::Even,
            redistributes: true,
            surge,
            unavailable,
            keeps_names: false,
            exhausted: Vec::new(),
        }
    }

    /// A group without a cloud: what is created is there one round later, and what is deleted is gone.
    #[derive(Debug, Default)]
    struct World {
        members: Vec<Toy>,
        born: u64,
        most: usize,
        least_available: usize,
    }

    impl World {
        fn round(&mut self, aim: &Aim) -> bool {
            self.members.retain(|one| !matches!(one.state, State::Leaving { .. }));
            for one in self.members.iter_mut().filter(|one| one.state == State::Coming) {
                one.state = State::Available;
            }
            let members = self.members.clone();
            let views: Vec<View<'_>> = members
                .iter()
                .map(|one| View {
                    name: &one.name,
                    zone: &one.zone,
                    born: one.born,
                    state: one.state,
                    outdated: one.old,
                    update: if one.old { Level::Replace } else { Level::None },
                })
                .collect();
            let (steps, pending) = plan(aim, &views);
            let idle = steps.is_empty() && !pending;
            for step in steps {
                match step {
                    Step::Create { zone } => {
                        self.born += 1;
                        let name = format!("m{}", self.born);
                        self.members.push(Toy { name, zone, born: self.born, state: State::Coming, old: false });
                    }
                    Step::Delete { name, for_update } => {
                        let one = self.members.iter_mut().find(|one| one.name == name).expect("a member");
                        one.state = State::Leaving { for_update };
                    }
                    Step::Update { name, .. } => {
                        let one = self.members.iter_mut().find(|one| one.name == name).expect("a member");
                        (one.old, one.state) = (false, State::Coming);
                    }
                }
            }
            self.most = self.most.max(self.members.len());
            let available = self.members.iter().filter(|one| one.state == State::Available).count();
            self.least_available = self.least_available.min(available);
            idle
        }

        fn settle(&mut self, aim: &Aim) {
            for _ in 0..50 {
                if self.round(aim) {
                    return;
                }
            }
            panic!("never settles: {:#?}", self.members);
        }

        fn zones(&self) -> [usize; 3] {
            let live = |zone: &str| {
                let leaving = |one: &&Toy| !matches!(one.state, State::Leaving { .. });
                self.members.iter().filter(leaving).filter(|one| one.zone == zone).count()
            };
            ["a", "b", "c"].map(live)
        }
    }

    #[test]
    fn sizes_are_spread_evenly_both_ways() {
        let mut world = World::default();
        for (size, expected) in
            [(6, [2, 2, 2]), (7, [3, 2, 2]), (4, [2, 1, 1]), (5, [2, 2, 1]), (0, [0, 0, 0]), (2, [1, 1, 0])]
        {
            world.settle(&aim(size, 3, 3));
            let mut zones = world.zones();
            zones.sort_by_key(|count| Reverse(*count));
            assert_eq!(zones, expected, "{size}");
        }
    }

    #[test]
    fn a_roll_keeps_to_its_surge_and_to_what_may_be_unavailable() {
        for (surge, unavailable) in [(3, 0), (0, 3), (3, 3), (6, 0), (1, 0), (0, 1)] {
            let mut world = World::default();
            let aim = aim(6, surge, unavailable);
            world.settle(&aim);
            world.round(&aim);
            world.members.iter_mut().for_each(|one| one.old = true);
            (world.most, world.least_available) = (6, 6);
            world.settle(&aim);
            let stay = |one: &&Toy| !matches!(one.state, State::Leaving { .. });
            assert!(world.members.iter().filter(stay).all(|one| !one.old), "{surge} {unavailable}");
            assert_eq!(world.zones(), [2, 2, 2], "{surge} {unavailable}");
            assert!(world.most <= 6 + surge, "{surge} {unavailable}: {}", world.most);
            assert!(world.least_available >= 6 - unavailable, "{surge} {unavailable}: {}", world.least_available);
            // Something of what was allowed was used.
            assert!(world.most > 6 || world.least_available < 6, "{surge} {unavailable}");
        }
    }

    #[test]
    fn a_roll_that_keeps_names_replaces_in_place() {
        let mut world = World::default();
        let aim = Aim { keeps_names: true, ..aim(6, 0, 3) };
        world.settle(&aim);
        world.round(&aim);
        world.members.iter_mut().for_each(|one| one.old = true);
        (world.most, world.least_available) = (6, 6);
        world.settle(&aim);
        assert_eq!((world.most, world.least_available, world.born), (6, 3, 6));
        assert!(world.members.iter().all(|one| !one.old));
    }

    #[test]
    fn members_move_when_zones_are_uneven() {
        let mut world = World::default();
        world.settle(&aim(6, 3, 3));
        world.members.retain(|one| one.zone != "c");
        let four = aim(4, 3, 3);
        let stays = Aim { redistributes: false, ..four.clone() };
        world.settle(&stays);
        assert_eq!(world.zones(), [2, 2, 0]);
        world.settle(&four);
        let mut zones = world.zones();
        zones.sort_unstable();
        assert_eq!(zones, [1, 1, 2]);
    }

    #[test]
    fn a_group_of_any_shape_avoids_zones_without_machines() {
        let mut world = World::default();
        let shape = |shape| Aim { shape, redistributes: false, exhausted: vec!["a".to_owned()], ..aim(4, 3, 3) };
        world.settle(&shape(Shape::Any));
        assert_eq!(world.zones(), [0, 2, 2]);
        let mut world = World::default();
        world.settle(&shape(Shape::SingleZone));
        assert_eq!(world.zones(), [0, 4, 0]);
        let mut world = World::default();
        world.settle(&shape(Shape::Even));
        assert_eq!(world.zones(), [2, 1, 1]);
    }
}
