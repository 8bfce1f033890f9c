//! Permissions as requests write them, and the rules that they stand for
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>).

use ipnet::{Ipv4Net, Ipv6Net};
use serde_json::{Map, Value, json};

use super::create::valid;
use super::{Peer, Rule, SecurityGroup, by_name};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::find;
use crate::aws::ec2::{State, Tags, prefix_list};

/// The rules that a list of permissions stands for, one for each peer; their ids are empty.
pub(super) fn read(
    call: &Call<'_>,
    group: &SecurityGroup,
    egress: bool,
    permissions: &[Value],
) -> Result<Vec<Rule>, ApiError> {
    let mut rules: Vec<Rule> = Vec::new();
    for permission in permissions {
        let (protocol, from_port, to_port) = traffic(permission)?;
        let peers = peers(call, group, permission)?;
        if peers.is_empty() {
            let end = if egress { "Destination" } else { "Source" };
            return Err(ApiError::new("MissingParameter", format!("{end} group ID missing.")));
        }
        for (peer, description) in peers {
            let rule = Rule {
                id: String::new(),
                egress,
                protocol: protocol.clone(),
                from_port,
                to_port,
                peer,
                description,
                tags: Tags::default(),
            };
            if rules.iter().any(|earlier| earlier.same(&rule)) {
                let message = "The same permission must not appear multiple times";
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            rules.push(rule);
        }
    }
    Ok(rules)
}

/// Protocol and ports of a permission or of a rule's request: names for the four protocols that have some, -1 for all
/// ports.
pub(super) fn traffic(permission: &Value) -> Result<(String, i64, i64), ApiError> {
    let invalid = |message: String| Err(ApiError::new("InvalidParameterValue", message));
    let Some(given) = permission.get("IpProtocol").and_then(Value::as_str) else {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter ipProtocol"));
    };
    let protocol = match given.to_ascii_lowercase().as_str() {
        "1" | "icmp" => "icmp".to_owned(),
        "6" | "tcp" => "tcp".to_owned(),
        "17" | "udp" => "udp".to_owned(),
        "58" | "icmpv6" => "icmpv6".to_owned(),
        "-1" | "all" => "-1".to_owned(),
        number if number.parse::<u8>().is_ok() => number.to_owned(),
        _ => return invalid(format!("Invalid value '{given}' for IP protocol. Unknown protocol.")),
    };
    let number = |member| permission.get(member).and_then(Value::as_i64);
    let (from, to) = (number("FromPort"), number("ToPort"));
    match (protocol.as_str(), from, to) {
        ("tcp" | "udp", Some(from), Some(to)) => {
            let ports = 0..=65535;
            if (from, to) == (-1, -1) {
                return Ok((protocol, 0, 65535));
            }
            if !ports.contains(&from) || !ports.contains(&to) || from > to {
                return invalid(format!("Invalid TCP/UDP port range ({from}:{to})"));
            }
            Ok((protocol, from, to))
        }
        ("tcp" | "udp", ..) => {
            invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.".to_owned())
        }
        ("icmp", Some(kind), Some(code)) | ("icmpv6", Some(kind), Some(code)) => {
            if !(-1..=255).contains(&kind) || !(-1..=255).contains(&code) {
                return invalid(format!("Invalid value for ICMP type or code ({kind}:{code})."));
            }
            if kind == -1 && code != -1 {
                return invalid(format!("ICMP code ({code}) must be -1 if the type is -1."));
            }
            Ok((protocol, kind, code))
        }
        ("icmp", ..) => invalid("Invalid value 'Must specify both ICMP type and code.' for portRange.".to_owned()),
        // Other protocols have no ports: whatever range is given, all traffic is meant.
        _ => Ok((protocol, -1, -1)),
    }
}

/// The peers that a permission names, each with its description.
fn peers(call: &Call<'_>, group: &SecurityGroup, permission: &Value) -> Result<Vec<(Peer, Option<String>)>, ApiError> {
    let list = |member: &str| permission.get(member).and_then(Value::as_array).into_iter().flatten();
    let mut peers = Vec::new();
    for range in list("IpRanges") {
        peers.push((cidr(text(range, "CidrIp"))?, description(range)?));
    }
    for range in list("Ipv6Ranges") {
        peers.push((cidr6(text(range, "CidrIpv6"))?, description(range)?));
    }
    for prefix_list in list("PrefixListIds") {
        peers.push((listed(call, text(prefix_list, "PrefixListId"))?, description(prefix_list)?));
    }
    for pair in list("UserIdGroupPairs") {
        let id = pair.get("GroupId").and_then(Value::as_str);
        let name = pair.get("GroupName").and_then(Value::as_str);
        let peer = match (id, name) {
            (Some(id), _) => other_group(call, group, id)?,
            (None, Some(name)) => Peer::Group(by_name(call, name)?.id.clone()),
            (None, None) => return Err(ApiError::new("MissingParameter", "Source group ID missing.")),
        };
        peers.push((peer, description(pair)?));
    }
    Ok(peers)
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// "AWS canonicalizes IPv4 and IPv6 CIDRs."
pub(super) fn cidr(text: &str) -> Result<Peer, ApiError> {
    text.parse::<Ipv4Net>().map(|cidr| Peer::Cidr(cidr.trunc())).map_err(|_| malformed(text))
}

/// As [`cidr`].
pub(super) fn cidr6(text: &str) -> Result<Peer, ApiError> {
    text.parse::<Ipv6Net>().map(|cidr| Peer::Cidr6(cidr.trunc())).map_err(|_| malformed(text))
}

fn malformed(text: &str) -> ApiError {
    ApiError::new("InvalidParameterValue", format!("CIDR block {text} is malformed"))
}

/// A prefix list as a peer.
pub(super) fn listed(call: &Call<'_>, id: &str) -> Result<Peer, ApiError> {
    prefix_list::find(call.region, id).map(|list| Peer::PrefixList(list.id))
}

/// Another group, of the same VPC, as a peer.
pub(super) fn other_group(call: &Call<'_>, group: &SecurityGroup, id: &str) -> Result<Peer, ApiError> {
    let other = find::<SecurityGroup>(call, id)?;
    if other.vpc != group.vpc {
        let message = "You have specified two resources that belong to different networks.";
        return Err(ApiError::new("InvalidGroup.NotFound", message));
    }
    Ok(Peer::Group(id.to_owned()))
}

/// A rule's description, if it is there and may be one.
pub(super) fn description(of: &Value) -> Result<Option<String>, ApiError> {
    let Some(text) = of.get("Description").and_then(Value::as_str) else { return Ok(None) };
    if !valid(text) {
        let message = format!(
            "Invalid rule description '{text}'. Valid descriptions are strings less than 256 characters from the \
             following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{{}}!$*"
        );
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    Ok(Some(text.to_owned()))
}

/// Rules as permissions: those of the same protocol and ports in one.
pub(super) fn show<'a>(ec2: &State, rules: impl Iterator<Item = &'a Rule>) -> Value {
    let mut keys: Vec<(&str, i64, i64)> = Vec::new();
    let mut shown: Vec<Map<String, Value>> = Vec::new();
    for rule in rules {
        let key = (rule.protocol.as_str(), rule.from_port, rule.to_port);
        let at = keys.iter().position(|other| *other == key).unwrap_or_else(|| {
            keys.push(key);
            shown.push(empty(rule));
            keys.len() - 1
        });
        let (list, mut peer) = match &rule.peer {
            Peer::Cidr(cidr) => ("IpRanges", json!({ "CidrIp": cidr.to_string() })),
            Peer::Cidr6(cidr) => ("Ipv6Ranges", json!({ "CidrIpv6": cidr.to_string() })),
            Peer::PrefixList(id) => ("PrefixListIds", json!({ "PrefixListId": id })),
            Peer::Group(id) => ("UserIdGroupPairs", json!({ "GroupId": id, "UserId": ec2.owner })),
        };
        if let Some(description) = &rule.description {
            peer["Description"] = description.as_str().into();
        }
        if let Some(peers) = shown.get_mut(at).and_then(|permission| permission.get_mut(list)?.as_array_mut()) {
            peers.push(peer);
        }
    }
    shown.into_iter().map(Value::Object).collect()
}

/// The permission of a rule, without peers.
fn empty(rule: &Rule) -> Map<String, Value> {
    let mut permission = Map::new();
    permission.insert("IpProtocol".to_owned(), rule.protocol.as_str().into());
    if matches!(rule.protocol.as_str(), "tcp" | "udp" | "icmp" | "icmpv6") {
        permission.insert("FromPort".to_owned(), rule.from_port.into());
        permission.insert("ToPort".to_owned(), rule.to_port.into());
    }
    for list in ["IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"] {
        permission.insert(list.to_owned(), json!([]));
    }
    permission
}
