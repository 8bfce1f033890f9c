//! Placement groups (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-groups.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::filter::Filters;
use super::{InstanceState, State, Tags, id};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// A placement group.
#[derive(Debug, Clone)]
pub(crate) struct PlacementGroup {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    /// `cluster`, `spread`, `partition`.
    pub(crate) strategy: String,
    /// Of a partition group.
    pub(crate) partitions: i64,
    /// `host` or `rack`, of a spread group.
    pub(crate) spread: String,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations =
    &[("CreatePlacementGroup", create), ("DeletePlacementGroup", delete), ("DescribePlacementGroups", describe)];

/// The group of that name, if it is there and shows.
pub(super) fn find<'a>(account: &'a Account, region: &str, name: &str) -> Result<&'a PlacementGroup, ApiError> {
    let groups = account.regions.get(region).map(|region| &region.ec2.placement_groups);
    let found = groups.and_then(|groups| groups.get(name)).filter(|group| account.shows(&group.id, group.created));
    found.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ApiError {
    ApiError::new("InvalidPlacementGroup.Unknown", format!("The Placement Group '{name}' is unknown."))
}

/// Names of the live instances in a group.
fn members<'a>(ec2: &'a State, name: &'a str) -> impl Iterator<Item = &'a super::Instance> {
    ec2.instances.values().filter(move |instance| {
        instance.state != InstanceState::Terminated
            && instance.request.pointer("/Placement/GroupName").and_then(Value::as_str) == Some(name)
    })
}

/// Refuses a launch that a spread group has no room for: seven running instances in a zone
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html#placement-groups-limitations-spread>).
/// How many there are now, and how many may be.
pub(super) fn room(ec2: &State, group: &PlacementGroup, zone: &str) -> usize {
    if group.strategy != "spread" {
        return usize::MAX;
    }
    7_usize.saturating_sub(members(ec2, &group.name).filter(|instance| instance.zone == zone).count())
}

fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "placement-group")?;
    let Some(name) = call.text("GroupName").filter(|name| !name.is_empty() && name.len() <= 255) else {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter GroupName"));
    };
    if call.look().ec2.placement_groups.contains_key(name) {
        let message = format!("The Placement Group '{name}' already exists.");
        return Err(ApiError::new("InvalidPlacementGroup.Duplicate", message));
    }
    if call.look().ec2.placement_groups.len() >= call.account.settings.compute_limits.placement_groups {
        return Err(ApiError::new("PlacementGroupLimitExceeded", "Maximum number of placement groups exceeded."));
    }
    let strategy = call.text("Strategy").unwrap_or("cluster");
    let partitions = call.number("PartitionCount");
    if partitions.is_some() && strategy != "partition" {
        let message = "The parameter PartitionCount can only be specified when Strategy is set to 'partition'";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let partitions = partitions.unwrap_or(2);
    if !(1..=7).contains(&partitions) {
        let message = "Value for parameter PartitionCount is invalid. It must be between 1 and 7.";
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let group = PlacementGroup {
        id: id::new("pg", &mut call.account.chance),
        created: call.now(),
        name: name.to_owned(),
        strategy: strategy.to_owned(),
        partitions,
        spread: call.text("SpreadLevel").unwrap_or("rack").to_owned(),
        tags,
    };
    let shown = show(&group, &call.arn("ec2", &format!("placement-group/{name}")));
    call.ec2().placement_groups.insert(group.name.clone(), group);
    Ok(json!({ "PlacementGroup": shown }))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("GroupName");
    let name = find(call.account, call.region, name)?.name.clone();
    if members(&call.look().ec2, &name).next().is_some() {
        let message = format!("The placement group '{name}' is in use and may not be deleted.");
        return Err(ApiError::new("InvalidPlacementGroup.InUse", message));
    }
    call.ec2().placement_groups.remove(&name);
    Ok(json!({}))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let known = ["group-name", "group-arn", "state", "strategy", "spread-level"];
    let filters = Filters::of(call, &known)?;
    let (names, ids) = (call.texts("GroupNames"), call.texts("GroupIds"));
    for name in &names {
        find(call.account, call.region, name)?;
    }
    let account = &*call.account;
    let all = call.look().ec2.placement_groups.values().filter(|group| account.shows(&group.id, group.created));
    let all: Vec<_> = all.map(|group| (group, call.arn("ec2", &format!("placement-group/{}", group.name)))).collect();
    if let Some(missing) = ids.iter().find(|wanted| !all.iter().any(|(group, _)| group.id == **wanted)) {
        let message = format!("The Placement Group ID '{missing}' does not exist.");
        return Err(ApiError::new("InvalidPlacementGroupId.Unknown", message));
    }
    let everything = names.is_empty() && ids.is_empty();
    let wanted = |(group, arn): &&(&PlacementGroup, String)| {
        (everything || names.contains(&group.name.as_str()) || ids.contains(&group.id.as_str()))
            && filters.pass(&group.tags, |name| {
                vec![match name {
                    "group-name" => group.name.clone(),
                    "group-arn" => arn.clone(),
                    "state" => "available".to_owned(),
                    "strategy" => group.strategy.clone(),
                    _ if group.strategy == "spread" => group.spread.clone(),
                    _ => String::new(),
                }]
            })
    };
    let shown: Vec<_> = all.iter().filter(wanted).map(|(group, arn)| show(group, arn)).collect();
    Ok(json!({ "PlacementGroups": shown }))
}

fn show(group: &PlacementGroup, arn: &str) -> Value {
    let mut shown = json!({
        "GroupId": group.id,
        "GroupName": group.name,
        "GroupArn": arn,
        "State": "available",
        "Strategy": group.strategy,
        "Tags": group.tags.shown(),
    });
    match group.strategy.as_str() {
        "partition" => shown["PartitionCount"] = group.partitions.into(),
        "spread" => shown["SpreadLevel"] = group.spread.as_str().into(),
        _ => {}
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::aws::testing::Lab;

    #[test]
    fn groups_are_made_shown_and_deleted() {
        let mut lab = Lab::new();
        lab.ok("ec2", "CreatePlacementGroup", json!({ "GroupName": "apart", "Strategy": "spread" }));
        let input = json!({ "GroupName": "apart", "Strategy": "cluster" });
        lab.refused("ec2", "CreatePlacementGroup", input, "InvalidPlacementGroup.Duplicate");
        let shown = lab.ok("ec2", "DescribePlacementGroups", json!({ "GroupNames": ["apart"] }));
        assert_eq!(shown.pointer("/PlacementGroups/0/SpreadLevel"), Some(&json!("rack")));
        lab.ok("ec2", "DeletePlacementGroup", json!({ "GroupName": "apart" }));
        lab.refused("ec2", "DeletePlacementGroup", json!({ "GroupName": "apart" }), "InvalidPlacementGroup.Unknown");
    }
}
