//! How resources are named: by the path below the API's address, `projects/p/global/networks/n`, which is an object's id
//! here. Google's answers have whole addresses; both forms are accepted in requests
//! (<https://cloud.google.com/apis/design/resource_names>).

use crate::client::Clients;

/// The path of a resource by its whole address, or by its path.
pub(crate) fn relative(link: &str) -> &str {
    match link.find("/projects/") {
        Some(at) => link.get(at + 1..).unwrap_or(link),
        None => link,
    }
}

/// A resource's own name: the last part of its path.
pub(crate) fn name(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or(link)
}

/// Whether a path is that of a resource of no region and no zone.
pub(crate) fn is_global(link: &str) -> bool {
    link.split('/').any(|part| part == "global")
}

/// The part of a path that follows another: the zone of `projects/p/zones/z/disks/d` follows `zones`.
pub(crate) fn after<'l>(link: &'l str, part: &str) -> Option<&'l str> {
    let mut parts = link.split('/');
    parts.find(|one| *one == part).and_then(|_| parts.next())
}

impl Clients {
    /// Whether the place of an aggregated list, `zones/europe-west1-b`, is a zone of the region. A zone's name is its
    /// region's with a letter.
    pub(crate) fn is_here(&self, place: &str) -> bool {
        let zone = place.strip_prefix("zones/").and_then(|zone| zone.strip_prefix(self.region.as_str()));
        zone.is_some_and(|letter| letter.starts_with('-'))
    }

    /// The path of a global resource of the project.
    pub(crate) fn global(&self, collection: &str, name: &str) -> String {
        format!("projects/{}/global/{collection}/{name}", self.project)
    }

    /// The path of a resource of the region.
    pub(crate) fn regional(&self, collection: &str, name: &str) -> String {
        format!("projects/{}/regions/{}/{collection}/{name}", self.project, self.region)
    }

    /// The path of a resource of a zone.
    pub(crate) fn zonal(&self, zone: &str, collection: &str, name: &str) -> String {
        format!("projects/{}/zones/{zone}/{collection}/{name}", self.project)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::call::direct::Direct;

    #[tokio::test]
    async fn a_path_is_the_same_by_whatever_address() {
        let clients = Direct::to(9, false).await.0;
        let disk = clients.zonal("europe-west1-b", "disks", "camp-data-0");
        assert_eq!(disk, "projects/p1/zones/europe-west1-b/disks/camp-data-0");
        assert_eq!(clients.global("networks", "n"), "projects/p1/global/networks/n");
        assert_eq!(clients.regional("addresses", "a"), "projects/p1/regions/europe-west1/addresses/a");
        for host in ["https://www.googleapis.com/compute/v1/", "https://compute.googleapis.com/compute/v1/", ""] {
            assert_eq!(relative(&format!("{host}{disk}")), disk);
        }
        assert_eq!(
            (name(&disk), after(&disk, "zones"), after(&disk, "regions")),
            ("camp-data-0", Some("europe-west1-b"), None)
        );
        assert_eq!((relative("camp"), name("camp")), ("camp", "camp"));
        let here = ["zones/europe-west1-b", "zones/europe-west10-b", "regions/europe-west1", "global"];
        assert_eq!(here.map(|place| clients.is_here(place)), [true, false, false, false]);
    }
}
