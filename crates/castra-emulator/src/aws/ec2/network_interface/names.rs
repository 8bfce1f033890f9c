//! Host names of addresses (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html#vpc-dns-hostnames>).

use std::net::Ipv4Addr;

use crate::aws::ec2::dhcp_options;

/// `ip-10-0-0-5.eu-central-1.compute.internal`.
pub(crate) fn private_name(region: &str, address: Ipv4Addr) -> String {
    format!("ip-{}.{}", dashed(address), dhcp_options::domain(region))
}

/// `ec2-198-18-0-5.eu-central-1.compute.amazonaws.com`.
pub(crate) fn public_name(region: &str, address: Ipv4Addr) -> String {
    let domain = if region == "us-east-1" { "compute-1".to_owned() } else { format!("{region}.compute") };
    format!("ec2-{}.{domain}.amazonaws.com", dashed(address))
}

fn dashed(address: Ipv4Addr) -> String {
    address.to_string().replace('.', "-")
}
