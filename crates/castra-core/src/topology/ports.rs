//! The cluster's ports.
//!
//! Source: HashiCorp, *Terraform Enterprise cluster, custom installation* (2022), the list of ports that a
//! clustered deployment needs.

/// The application over HTTPS, from outside and on every node.
pub(super) const HTTPS: u16 = 443;
/// Plain HTTP from outside, which only ever redirects.
pub(super) const HTTP: u16 = 80;
/// Secure shell.
pub(super) const SSH: u16 = 22;
/// The cluster's own API, on primaries.
pub(super) const CLUSTER_API: u16 = 6443;
/// The join service, on primaries.
pub(super) const JOIN: u16 = 23010;
/// What primaries keep the cluster's state by, with one another: client and peer ports, new and old.
pub(super) const STATE: [u16; 4] = [2379, 2380, 4001, 7001];
/// The overlay network's control connections, over TCP.
pub(super) const OVERLAY_CONTROL: u16 = 6783;
/// The overlay network's packets, over UDP.
pub(super) const OVERLAY_DATA: (u16, u16) = (6783, 6784);
/// The node agent, asked by primaries and by peers.
pub(super) const NODE_AGENT: u16 = 10250;
