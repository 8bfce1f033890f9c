//! A network of somebody else's.

use anyhow::{Context as _, Result};

use crate::{Cloud, Lab};

/// An ordinary VPC over three zones, made by nobody's Castra.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its id.
    pub vpc: String,
    /// The ids of its public subnets.
    pub public: Vec<String>,
    /// The ids of its private subnets.
    pub private: Vec<String>,
}

impl Network {
    /// Makes one: an internet gateway, a public and a private subnet in each zone.
    ///
    /// # Errors
    /// When the cloud refuses.
    pub async fn make(cloud: &Cloud, region: &str) -> Result<Self> {
        let ec2 = &cloud.ec2;
        let vpc = ec2.create_vpc().cidr_block("10.90.0.0/16").send().await?;
        let vpc = vpc.vpc().and_then(|vpc| vpc.vpc_id()).context("a VPC")?.to_owned();
        let gateway = ec2.create_internet_gateway().send().await?;
        let gateway = gateway.internet_gateway().and_then(|one| one.internet_gateway_id()).context("a gateway")?;
        ec2.attach_internet_gateway().internet_gateway_id(gateway).vpc_id(&vpc).send().await?;
        let mut subnets = Vec::new();
        for (i, letter) in ["a", "b", "c", "a", "b", "c"].iter().enumerate() {
            let request = ec2.create_subnet().vpc_id(&vpc).cidr_block(format!("10.90.{}.0/20", i * 16));
            let made = request.availability_zone(format!("{region}{letter}")).send().await?;
            subnets.push(made.subnet().and_then(|one| one.subnet_id()).context("a subnet")?.to_owned());
        }
        let private = subnets.split_off(3);
        let table = ec2.create_route_table().vpc_id(&vpc).send().await?;
        let table = table.route_table().and_then(|one| one.route_table_id()).context("a route table")?;
        let route = ec2.create_route().route_table_id(table).destination_cidr_block("0.0.0.0/0");
        route.gateway_id(gateway).send().await?;
        for subnet in &subnets {
            ec2.associate_route_table().route_table_id(table).subnet_id(subnet).send().await?;
        }
        Ok(Self { vpc, public: subnets, private })
    }

    /// The text of a lab's spec, for a cluster in this network.
    ///
    /// # Errors
    /// As [`Lab::text`].
    pub fn text(&self, lab: &Lab) -> Result<String> {
        let list = |ids: &[String]| serde_json::json!(ids).to_string();
        let network = format!(
            "vpc_id = \"{}\"\npublic_subnet_ids = {}\nprivate_subnet_ids = {}\n\n[network]\nexisting = true",
            self.vpc,
            list(&self.public),
            list(&self.private)
        );
        lab.text(&[("[network]\ncidr = \"10.20.0.0/16\"", &network)])
    }

    /// All that the cloud tells about it, less what changes without anyone changing it.
    ///
    /// # Errors
    /// When the cloud cannot be asked.
    pub async fn described(&self, cloud: &Cloud) -> Result<Vec<String>> {
        let ec2 = &cloud.ec2;
        let mine = aws_sdk_ec2::types::Filter::builder().name("vpc-id").values(&self.vpc).build();
        let mut lines: Vec<String> = Vec::new();
        for vpc in ec2.describe_vpcs().vpc_ids(&self.vpc).send().await?.vpcs() {
            lines.push(format!("{vpc:?}"));
        }
        for subnet in ec2.describe_subnets().filters(mine.clone()).send().await?.subnets() {
            let mut subnet = subnet.clone();
            subnet.available_ip_address_count = None;
            lines.push(format!("{subnet:?}"));
        }
        for table in ec2.describe_route_tables().filters(mine.clone()).send().await?.route_tables() {
            lines.push(format!("{table:?}"));
        }
        for group in ec2.describe_security_groups().filters(mine).send().await?.security_groups() {
            lines.push(format!("{group:?}"));
        }
        for gateway in ec2.describe_internet_gateways().send().await?.internet_gateways() {
            lines.push(format!("{gateway:?}"));
        }
        let gateways = ec2.describe_nat_gateways().send().await?;
        lines.extend(gateways.nat_gateways().iter().map(|gateway| format!("{gateway:?}")));
        let addresses = ec2.describe_addresses().send().await?;
        lines.extend(addresses.addresses().iter().map(|address| format!("{address:?}")));
        lines.sort();
        Ok(lines)
    }
}
