//! Which zones a cluster is in, or will be.

use std::collections::{BTreeMap, BTreeSet};

use super::ZONES;
use crate::spec::{Problem, Reader, Spec};

/// How spreading over two zones instead of three ends.
const QUORUM: &str = "with two zones one of them holds two of the three primaries, and losing it stops the cluster";

/// The fewest zones of a cluster: with one alone, its loss is the cluster's, and load balancers want two.
const FEWEST_ZONES: usize = 2;

/// Which machine types the cloud has, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The zones of the region that are up.
    pub available: BTreeSet<String>,
    /// The zones of the region that have a machine type, for each of the spec's.
    pub types: BTreeMap<String, BTreeSet<String>>,
}

/// What the choice of zones follows from, beside what the cloud offers.
///
/// ```
/// use castra_core::topology::{Offer, Placement};
/// # use castra_core::spec::Spec;
/// # fn example(spec: &Spec) -> Result<(), Vec<castra_core::spec::Problem>> {
/// let placement = Placement {
///     spec,
///     region: "north",
///     named: &[],
///     allow_fewer_zones: false,
///     used: [Some("north-c".to_owned()), None, None],
///     running: [].into(),
/// };
/// let all = ["north-a", "north-b", "north-c", "north-d"].map(str::to_owned);
/// let types = placement.types().map(|(_, machine)| (machine.to_owned(), all.clone().into())).into();
/// let zones = placement.choose(None, &Offer { available: all.into(), types })?;
/// assert_eq!(zones, ["north-c", "north-a", "north-b"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Placement<'a> {
    /// The spec, for its machine types.
    pub spec: &'a Spec,
    /// The region.
    pub region: &'a str,
    /// The zones that the spec names, in the order of the primaries' slots; none if they are to be chosen.
    pub named: &'a [String],
    /// Whether two zones will do where there is no third.
    pub allow_fewer_zones: bool,
    /// The zone of each slot, as far as the cluster's objects settle it.
    pub used: [Option<String>; ZONES],
    /// The machine types that the cluster runs already: nobody needs to offer them once its zones are settled.
    pub running: BTreeSet<String>,
}

impl Placement<'_> {
    /// The machine types that the spec asks for, with the path of each.
    pub fn types(&self) -> [(&'static str, &str); 2] {
        [
            ("primaries.machine_type", self.spec.primaries.machine_type.as_str()),
            ("secondaries.machine_type", self.spec.secondaries.machine_type.as_str()),
        ]
    }

    /// Whether the cluster runs every machine type that the spec asks for.
    pub fn runs_all_types(&self) -> bool {
        self.types().iter().all(|(_, machine)| self.running.contains(*machine))
    }

    /// The zones, once every slot is settled. Slots that share one are those of a cluster over fewer zones.
    pub fn settled(&self) -> Option<Vec<String>> {
        let mut zones: Vec<String> = Vec::new();
        for zone in &self.used {
            let zone = zone.as_ref()?;
            if !zones.contains(zone) {
                zones.push(zone.clone());
            }
        }
        Some(zones)
    }

    /// Zones in an order that leaves settled slots where they are.
    pub fn ordered(&self, zones: impl IntoIterator<Item = String>) -> Vec<String> {
        let zones: Vec<String> = zones.into_iter().collect();
        let mut free: Vec<String> =
            zones.iter().filter(|zone| !self.used.iter().flatten().any(|one| one == *zone)).cloned().collect();
        let mut ordered: Vec<String> = Vec::new();
        for slot in self.used.iter().take(zones.len()) {
            let next = match slot {
                Some(zone) if zones.contains(zone) && !ordered.contains(zone) => Some(zone.clone()),
                _ if free.is_empty() => None,
                _ => Some(free.remove(0)),
            };
            ordered.extend(next);
        }
        let left: Vec<String> = zones.into_iter().filter(|zone| !ordered.contains(zone)).collect();
        ordered.extend(left);
        ordered
    }

    /// The zones in the order of the primaries' slots: those that are settled, or else for the slots that nothing settles
    /// yet those that the spec names, or the first that have every machine type.
    ///
    /// # Errors
    /// A machine type that no zone of the region has, or that a zone in use hasn't; a zone that the spec names and that is
    /// down, hasn't every machine type, or isn't the cluster's; or that there are too few.
    pub fn choose(&self, settled: Option<Vec<String>>, offer: &Offer) -> Result<Vec<String>, Vec<Problem>> {
        let missing = self.missing(settled.as_deref(), offer);
        if !missing.is_empty() {
            return Err(missing);
        }
        let zones = match settled {
            Some(zones) => zones,
            None => self.fresh(offer).map_err(|problem| vec![problem])?,
        };
        self.confirmed(zones).map_err(|problem| vec![problem])
    }

    /// The zones, where those that the spec names are the same: data disks can't move.
    ///
    /// # Errors
    /// When they aren't.
    pub fn confirmed(&self, zones: Vec<String>) -> Result<Vec<String>, Problem> {
        if self.named.is_empty() || self.named == zones {
            return Ok(zones);
        }
        let message = format!("the cluster is in {}, and its data disks can't move", zones.join(", "));
        Err(Problem::new("provider.zones", message, format!("write zones = {zones:?}, or leave zones out")))
    }

    fn missing(&self, settled: Option<&[String]>, offer: &Offer) -> Vec<Problem> {
        let wanted =
            self.types().into_iter().filter(|(_, machine)| settled.is_none() || !self.running.contains(*machine));
        let message = |machine: &str| {
            let Some(zones) = offer.types.get(machine).filter(|zones| !zones.is_empty()) else {
                return Some(format!("no zone of {} has machines of type \"{machine}\"", self.region));
            };
            let without: Vec<&str> =
                settled.unwrap_or_default().iter().filter(|zone| !zones.contains(*zone)).map(String::as_str).collect();
            let where_it_is = without.join(", ");
            (!without.is_empty())
                .then(|| format!("\"{machine}\" isn't to be had in {where_it_is}, where the cluster is"))
        };
        let remedy = "choose another machine type, or another region";
        wanted.filter_map(|(path, machine)| Some(Problem::new(path, message(machine)?, remedy))).collect()
    }

    /// Zones of which one at least nothing settles yet.
    fn fresh(&self, offer: &Offer) -> Result<Vec<String>, Problem> {
        let has = |zone: &String, machine: &str| offer.types.get(machine).is_some_and(|zones| zones.contains(zone));
        let fits = |zone: &String| {
            offer.available.contains(zone) && self.types().iter().all(|(_, machine)| has(zone, machine))
        };
        let unfit: Vec<&str> = self.named.iter().filter(|zone| !fits(zone)).map(String::as_str).collect();
        if !unfit.is_empty() {
            let message = format!("{} isn't available or hasn't every machine type", unfit.join(", "));
            let remedy = "name other zones, or none and let them be chosen";
            return Err(Problem::new("provider.zones", message, remedy));
        }
        let (fitting, most): (Vec<String>, usize) = match self.named {
            [] => (offer.available.iter().filter(|zone| fits(zone)).cloned().collect(), ZONES),
            named => (named.to_vec(), named.len()),
        };
        let mut zones: Vec<String> = Vec::new();
        for zone in self.used.iter().flatten().chain(&fitting) {
            if zones.len() < most && !zones.contains(zone) {
                zones.push(zone.clone());
            }
        }
        self.enough(self.ordered(zones))
    }

    fn enough(&self, zones: Vec<String>) -> Result<Vec<String>, Problem> {
        let region = self.region;
        let there = if zones.is_empty() { "none".to_owned() } else { zones.join(", ") };
        match zones.len() {
            count if count < FEWEST_ZONES => Err(Problem::new(
                "provider.region",
                format!("{region} has {count} zones with every machine type ({there}), and a cluster wants three"),
                "choose other machine types, or another region",
            )),
            FEWEST_ZONES if !self.allow_fewer_zones => Err(Problem::new(
                "provider.region",
                format!("{region} has only two zones with every machine type ({there}), and {QUORUM}"),
                "choose other machine types or another region, or accept that with allow_fewer_zones = true",
            )),
            _ => Ok(zones),
        }
    }
}

/// Refuses a list of zones, or of what is in one zone each, that a cluster can't spread over: it names three different
/// ones, or two where that is accepted. An empty list names none, and is right.
pub fn check_spread(section: &Reader<'_>, key: &str, what: &str, list: &[String], allow_fewer_zones: bool) {
    for (later, one) in list.iter().enumerate() {
        if let Some(earlier) = list.iter().take(later).position(|other| other == one) {
            let message = format!("{one} is given twice, first at {key}[{earlier}]");
            section.refuse(&format!("{key}[{later}]"), message, "name each once");
        }
    }
    match list.len() {
        0 | ZONES => {}
        FEWEST_ZONES if allow_fewer_zones => {}
        FEWEST_ZONES => section.refuse(
            key,
            format!("2 {what} are named; the three primaries belong in three zones, because {QUORUM}"),
            "name a third in another zone, or accept that with allow_fewer_zones = true",
        ),
        count => section.refuse(
            key,
            format!("{count} {what} are named; a cluster spreads over three zones"),
            format!("name three {what}, each in a zone of its own"),
        ),
    }
}

/// What the operator should know of the zones that were chosen.
pub fn too_few_zones(zones: &[String]) -> Option<String> {
    (zones.len() < ZONES).then(|| format!("the cluster is in {}: {QUORUM}", zones.join(" and ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    const SPEC: &str = "name = 'demo'
        provider = { name = 'nimbus' }
        network = { cidr = '10.20.0.0/16' }
        primaries = { machine_type = 'big' }
        secondaries = { machine_type = 'small', count = 5 }
        load_balancer = { certificate = 'cert/1' }";

    /// A text such as `d.b` for the zones of slots, of which a dot is one that nothing settles.
    fn slots(text: &str) -> [Option<String>; ZONES] {
        let mut letters = text.chars().map(|c| (c != '.').then(|| c.to_string()));
        std::array::from_fn(|_| letters.next().flatten())
    }

    fn set(letters: &str) -> BTreeSet<String> {
        letters.chars().map(String::from).collect()
    }

    /// Where nothing settles more than `used` does: the letters of the zones that are chosen, or the path of the first
    /// problem.
    fn chosen(used: &str, named: &str, fewer: bool, up: &str, types: [&str; 2], running: &[&str]) -> String {
        let spec = Spec::parse_core(SPEC).unwrap();
        let named: Vec<String> = named.chars().map(String::from).collect();
        let placement = Placement {
            spec: &spec,
            region: "north",
            named: &named,
            allow_fewer_zones: fewer,
            used: slots(used),
            running: running.iter().map(|machine| (*machine).to_owned()).collect(),
        };
        let [big, small] = types.map(set);
        let offer = Offer { available: set(up), types: [("big".to_owned(), big), ("small".to_owned(), small)].into() };
        match placement.choose(placement.settled(), &offer) {
            Ok(zones) => zones.concat(),
            Err(problems) => problems[0].path.clone(),
        }
    }

    fn ordered(used: &str, zones: &str) -> String {
        let spec = Spec::parse_core(SPEC).unwrap();
        let (named, running) = (&[] as &[String], BTreeSet::new());
        let used = slots(used);
        let placement = Placement { spec: &spec, region: "north", named, allow_fewer_zones: false, used, running };
        placement.ordered(zones.chars().map(String::from)).concat()
    }

    #[test]
    fn settled_slots_stay() {
        assert_eq!(ordered("...", "abc"), "abc");
        assert_eq!(ordered("c..", "abc"), "cab");
        assert_eq!(ordered(".a.", "abc"), "bac");
        assert_eq!(ordered("bca", "abc"), "bca");
        assert_eq!(ordered("bab", "ab"), "ba");
        assert_eq!(ordered("x..", "abc"), "abc");
    }

    #[test]
    fn a_new_cluster_gets_the_first_three_zones_that_have_every_machine_type() {
        assert_eq!(chosen("...", "", false, "bcd", ["bcd", "bcd"], &[]), "bcd");
        assert_eq!(chosen("...", "", false, "acd", ["abcd", "acd"], &[]), "acd");
        assert_eq!(chosen("...", "dbc", false, "bcd", ["bcd", "bcd"], &[]), "dbc");
        assert_eq!(chosen("...", "abc", false, "bcd", ["bcd", "bcd"], &[]), "provider.zones", "one is down");
    }

    #[test]
    fn zones_in_use_stay_in_their_slots() {
        assert_eq!(chosen("dbc", "", false, "abcd", ["abcd", "abcd"], &[]), "dbc");
        assert_eq!(chosen("d..", "", false, "abcd", ["abcd", "abcd"], &[]), "dab", "the others come behind it");
        assert_eq!(chosen("cdc", "", false, "abcd", ["abcd", "abcd"], &[]), "cd", "a cluster in two zones stays there");
        assert_eq!(chosen("dbc", "bcd", false, "abcd", ["abcd", "abcd"], &[]), "provider.zones");
    }

    #[test]
    fn what_can_not_be_had_is_a_problem_of_its_field() {
        assert_eq!(chosen("...", "", false, "bcd", ["bcd", ""], &[]), "secondaries.machine_type");
        assert_eq!(chosen("...", "", false, "bcd", ["bcd", "bc"], &[]), "provider.region");
        assert_eq!(chosen("...", "", true, "bcd", ["bcd", "bc"], &[]), "bc");
        assert_eq!(chosen("...", "", true, "bcd", ["b", "bc"], &[]), "provider.region", "one isn't enough");
        assert_eq!(chosen("bcd", "", true, "bcd", ["bcd", "bc"], &[]), "secondaries.machine_type", "not where it is");
        assert_eq!(chosen("bcd", "", false, "bcd", ["bcd", "bc"], &["small"]), "bcd", "what it runs is there");
        assert_eq!(chosen("bcd", "", false, "", ["", ""], &["small"]), "primaries.machine_type");
    }

    #[test]
    fn too_few_zones_are_said() {
        let zones = |letters: &str| letters.chars().map(String::from).collect::<Vec<_>>();
        assert!(too_few_zones(&zones("ab")).unwrap().contains("a and b"));
        assert_eq!(too_few_zones(&zones("abc")), None);
    }
}
