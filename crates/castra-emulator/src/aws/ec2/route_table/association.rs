//! Which subnets go by a table.

use serde_json::json;

use super::{RouteTable, RouteTableAssociation};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::{find, named};
use crate::aws::ec2::{Subnet, id};
use crate::aws::error::Answer;

fn different_networks(table: &str, subnet: &str) -> ApiError {
    let message = format!("Route table {table} and subnet {subnet} belong to different networks");
    ApiError::new("InvalidParameterValue", message)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html>
pub(super) fn associate(call: &mut Call<'_>) -> Answer {
    let table = named::<RouteTable>(call, "RouteTableId")?;
    if call.text("GatewayId").is_some() || call.text("PublicIpv4Pool").is_some() {
        let message = "Route tables can be associated with subnets only.";
        return Err(ApiError::new("UnsupportedOperation", message));
    }
    let Some(subnet) = call.text("SubnetId") else {
        let message = "The request must contain the parameter subnetId or gatewayId";
        return Err(ApiError::new("MissingParameter", message));
    };
    let subnet = find::<Subnet>(call, subnet)?;
    if subnet.vpc != table.vpc {
        return Err(different_networks(&table.id, &subnet.id));
    }
    let mut others = call.look().ec2.route_tables.values().flat_map(|table| &table.associations);
    if others.any(|other| other.subnet.as_ref() == Some(&subnet.id)) {
        let message =
            format!("the specified association for route table {} conflicts with an existing association", table.id);
        return Err(ApiError::new("Resource.AlreadyAssociated", message));
    }
    let (table, subnet) = (table.id.clone(), subnet.id.clone());
    let id = id::new("rtbassoc", &mut call.account.chance);
    if let Some(table) = call.ec2().route_tables.get_mut(&table) {
        table.associations.push(RouteTableAssociation { id: id.clone(), subnet: Some(subnet) });
    }
    Ok(json!({ "AssociationId": id, "AssociationState": { "State": "associated" } }))
}

/// The table that has the association that the call names, and the association.
fn associated<'a>(call: &'a Call<'_>) -> Result<(&'a RouteTable, &'a RouteTableAssociation), ApiError> {
    let id = call.required("AssociationId");
    let all = call.look().ec2.route_tables.values();
    let mut all = all.flat_map(|table| table.associations.iter().map(move |association| (table, association)));
    all.find(|(_, association)| association.id == id).ok_or_else(|| {
        ApiError::new("InvalidAssociationID.NotFound", format!("The association ID '{id}' does not exist"))
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html>
pub(super) fn disassociate(call: &mut Call<'_>) -> Answer {
    let (table, association) = associated(call)?;
    if association.subnet.is_none() {
        let message = format!("cannot disassociate the main route table association {}", association.id);
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let (table, association) = (table.id.clone(), association.id.clone());
    if let Some(table) = call.ec2().route_tables.get_mut(&table) {
        table.associations.retain(|other| other.id != association);
    }
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html>: also "to change which
/// table is the main route table".
pub(super) fn replace(call: &mut Call<'_>) -> Answer {
    let (old, association) = associated(call)?;
    let new = named::<RouteTable>(call, "RouteTableId")?;
    if old.vpc != new.vpc {
        return Err(different_networks(&new.id, association.subnet.as_deref().unwrap_or(&old.vpc)));
    }
    let (old, new, gone, subnet) = (old.id.clone(), new.id.clone(), association.id.clone(), association.subnet.clone());
    let id = id::new("rtbassoc", &mut call.account.chance);
    let ec2 = call.ec2();
    if let Some(table) = ec2.route_tables.get_mut(&old) {
        table.associations.retain(|other| other.id != gone);
    }
    if let Some(table) = ec2.route_tables.get_mut(&new) {
        table.associations.push(RouteTableAssociation { id: id.clone(), subnet });
    }
    Ok(json!({ "NewAssociationId": id, "AssociationState": { "State": "associated" } }))
}
