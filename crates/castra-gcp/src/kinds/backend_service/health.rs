//! Whether the machines behind a backend service are healthy, as its load balancer sees them.

use std::collections::BTreeMap;

use castra_core::resource::{At, Output as _};
use castra_core::{Call, Error, ErrorKind, Result, Seen, shortened};
use futures::future::try_join_all;
use google_cloud_compute_v1::model::health_status::HealthState;
use google_cloud_compute_v1::model::{HealthStatus, ResourceGroupReference};

use super::{BackendGroup, BackendService};
use crate::call::{Seam, maybe, send};
use crate::client::Clients;
use crate::links;

/// The machines of one group.
#[derive(Debug, Default)]
struct Group {
    /// The group's name.
    name: String,
    /// How many it should have at least.
    wanted: usize,
    /// The load balancer's word for each that it knows, by the machine's name.
    machines: BTreeMap<String, String>,
}

/// Looks at all machines of a service. How many a managed group should have is its own business: whoever is there counts.
pub(super) async fn look(at: &At<'_, Clients>, service: &BackendService) -> Result<Seen<()>> {
    let groups = service.backends.iter().map(|backend| async {
        let (link, wanted) = match &backend.group {
            BackendGroup::Chosen(group) => (at.get(group)?.id().to_owned(), 1),
            BackendGroup::Managed(manager) => (at.get(manager)?.group, 0),
        };
        let name = links::name(&link).to_owned();
        Ok::<_, Error>(Group { name, wanted, machines: machines(&states(at, &service.name, &link).await?) })
    });
    Ok(judge(&try_join_all(groups).await?))
}

/// How a service's load balancer sees the machines of a group.
pub(crate) async fn states<S: Seam + ?Sized>(seam: &S, service: &str, group: &str) -> Result<Vec<HealthStatus>> {
    let Clients { project, region, .. } = seam.clients();
    let request = seam.clients().region_backend_services.get_health().set_project(project).set_region(region);
    let request = request.set_backend_service(service).set_body(ResourceGroupReference::new().set_group(group));
    let answer = maybe(send!(seam, Call::read("compute", "regionBackendServices.getHealth"), request))?;
    Ok(answer.map(|answer| answer.health_status).unwrap_or_default())
}

/// One word for each machine. A service that goes through several forwarding rules has a state for each of them, and
/// the worst counts.
pub(crate) fn machines(states: &[HealthStatus]) -> BTreeMap<String, String> {
    let mut machines = BTreeMap::new();
    for state in states {
        let Some(machine) = state.instance.as_deref() else { continue };
        let word = state.health_state.as_ref().and_then(HealthState::name).unwrap_or("UNKNOWN");
        let known: &mut String = machines.entry(links::name(machine).to_owned()).or_default();
        if known.is_empty() || known == HEALTHY {
            word.clone_into(known);
        }
    }
    machines
}

const HEALTHY: &str = "HEALTHY";

fn judge(groups: &[Group]) -> Seen<()> {
    let wanted: usize = groups.iter().map(|group| group.wanted.max(group.machines.len())).sum();
    let seen = || groups.iter().flat_map(|group| &group.machines);
    let ill: Vec<String> =
        seen().filter(|(_, state)| *state != HEALTHY).map(|(machine, state)| format!("{machine} is {state}")).collect();
    let missing = groups
        .iter()
        .filter(|group| group.machines.len() < group.wanted)
        .map(|group| format!("{} of the {} of group {} are there", group.machines.len(), group.wanted, group.name));
    let missing: Vec<String> = missing.collect();
    if ill.is_empty() && missing.is_empty() {
        return Seen::Done(());
    }
    let healthy = seen().count() - ill.len();
    let told: Vec<String> = missing.into_iter().chain(ill.iter().cloned()).collect();
    let seen = format!("{healthy} of {wanted} machines are healthy: {}", shortened(&told));
    if ill.is_empty() {
        return Seen::Not(seen);
    }
    Seen::Hindered(Error::new(ErrorKind::Unhealthy, seen).remedy(
        "see on the machine's serial console whether what it runs has started, and that the firewall lets the health \
         checks' ranges 35.191.0.0/16 and 130.211.0.0/22 in",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    fn state(machine: &str, state: HealthState) -> HealthStatus {
        HealthStatus::new()
            .set_instance(format!("https://x/projects/p/zones/z/instances/{machine}"))
            .set_health_state(state)
    }

    fn group(wanted: usize, states: &[HealthStatus]) -> Group {
        Group { name: "camp-secondaries".into(), wanted, machines: machines(states) }
    }

    fn said(groups: &[Group]) -> (bool, String) {
        match judge(groups) {
            Seen::Done(()) => (true, String::new()),
            Seen::Not(seen) => (false, seen),
            Seen::Hindered(error) => (true, error.message().to_owned()),
        }
    }

    #[test]
    fn all_that_should_be_there_have_to_be_healthy() {
        let well = |name| state(name, HealthState::Healthy);
        assert!(matches!(judge(&[group(1, &[well("a")]), group(0, &[])]), Seen::Done(())));
        // One that is there and should not be counts as well, until it is gone.
        assert!(matches!(judge(&[group(0, &[state("b", HealthState::Unhealthy)])]), Seen::Hindered(_)));
        let (hindered, seen) = said(&[group(1, &[well("a")]), group(2, &[well("b")])]);
        assert!(!hindered, "it only takes its time");
        assert_eq!(seen, "2 of 3 machines are healthy: 1 of the 2 of group camp-secondaries are there");
    }

    #[test]
    fn the_ill_are_named_up_to_a_few() {
        let states: Vec<HealthStatus> = (0..7).map(|at| state(&format!("m-{at}"), HealthState::Unhealthy)).collect();
        let (hindered, seen) = said(&[group(7, &states)]);
        assert!(hindered);
        assert!(seen.starts_with("0 of 7 machines are healthy: m-0 is UNHEALTHY, m-1 is UNHEALTHY,"), "{seen}");
        assert!(seen.ends_with(" and 2 more"), "{seen}");
    }

    #[test]
    fn the_worst_of_several_states_counts() {
        let (well, ill) = (state("a", HealthState::Healthy), state("a", HealthState::Unhealthy));
        for states in [[well.clone(), ill.clone()], [ill, well]] {
            assert_eq!(machines(&states), BTreeMap::from([("a".to_owned(), "UNHEALTHY".to_owned())]));
        }
    }
}
