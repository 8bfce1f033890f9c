"""EC2: route tables and VPC endpoints."""

from aws.behaviour import behaviour
from aws.ec2_network import ABSENT, by, gateway_of, subnet_of, vpc_of
from aws.pages import EC2_ERRORS, ROOT, vpc_guide
from aws.pages import ec2 as page

ANYWHERE = "0.0.0.0/0"


def table_of(ec2, vpc):
    return ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]


def routes_of(ec2, table):
    [described] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {r.get("DestinationCidrBlock"): r for r in described["Routes"]}


@behaviour("ec2/route/to-gateway", page("CreateRoute"))
def route_create(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    gateway, table = gateway_of(ec2, vpc), table_of(ec2, vpc)
    made = ec2.create_route(RouteTableId=table, DestinationCidrBlock=ANYWHERE, GatewayId=gateway)
    assert made["Return"] is True
    route = routes_of(ec2, table)[ANYWHERE]
    assert (route["GatewayId"], route["State"]) == (gateway, "active")
    assert route["Origin"] == "CreateRoute"


@behaviour(
    "ec2/route/canonical", page("CreateRoute"), moto="a destination is kept with its host bits"
)
def route_canonical(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    gateway, table = gateway_of(ec2, vpc), table_of(ec2, vpc)
    block = "100.68.0.18/18"
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=block, GatewayId=gateway)
    assert "100.68.0.0/18" in routes_of(ec2, table)


@behaviour(
    "ec2/route/duplicate",
    EC2_ERRORS,
    moto="a second route to the same destination replaces the first",
)
def route_duplicate(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    arguments = {"GatewayId": gateway_of(ec2, vpc), "DestinationCidrBlock": ANYWHERE}
    arguments["RouteTableId"] = table_of(ec2, vpc)
    ec2.create_route(**arguments)
    other = ec2.create_network_interface(SubnetId=subnet_of(ec2, vpc))["NetworkInterface"]
    arguments["NetworkInterfaceId"] = other["NetworkInterfaceId"]
    del arguments["GatewayId"]
    error = aws.refused("RouteAlreadyExists", ec2.create_route, **arguments)
    assert ANYWHERE in error["Message"]


@behaviour("ec2/route/not-found", EC2_ERRORS)
def route_absent(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    which = {"RouteTableId": table_of(ec2, vpc), "DestinationCidrBlock": ANYWHERE}
    error = aws.refused("InvalidRoute.NotFound", ec2.delete_route, **which)
    assert ANYWHERE in error["Message"]
    codes = ("InvalidRoute.NotFound", "InvalidParameterValue")
    aws.refused(codes, ec2.replace_route, GatewayId=gateway_of(ec2, vpc), **which)


@behaviour(
    "ec2/route/unknown-target", EC2_ERRORS, moto="a route to a NAT gateway that isn't there is made"
)
def route_target(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    which = {"RouteTableId": table_of(ec2, vpc), "DestinationCidrBlock": ANYWHERE}
    codes = ("InvalidGatewayID.NotFound", "InvalidInternetGatewayID.NotFound")
    aws.refused(codes, ec2.create_route, GatewayId=f"igw-{ABSENT}", **which)
    codes = ("InvalidNatGatewayID.NotFound", "NatGatewayNotFound")
    aws.refused(codes, ec2.create_route, NatGatewayId=f"nat-{ABSENT}", **which)
    assert list(routes_of(ec2, which["RouteTableId"])) == ["10.0.0.0/16"]


@behaviour("ec2/route/replace", page("ReplaceRoute"))
def route_replace(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    which = {"RouteTableId": table_of(ec2, vpc), "DestinationCidrBlock": ANYWHERE}
    ec2.create_route(GatewayId=gateway_of(ec2, vpc), **which)
    made = ec2.create_network_interface(SubnetId=subnet_of(ec2, vpc))["NetworkInterface"]
    interface = made["NetworkInterfaceId"]
    ec2.replace_route(NetworkInterfaceId=interface, **which)
    route = routes_of(ec2, which["RouteTableId"])[ANYWHERE]
    assert route["NetworkInterfaceId"] == interface and not route.get("GatewayId")


@behaviour("ec2/route/local-stays", vpc_guide("RouteTables"), moto="the local route can be deleted")
def route_local(aws):
    ec2 = aws.client("ec2")
    table = table_of(ec2, vpc_of(ec2))
    arguments = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/16"}
    error = aws.refused("InvalidParameterValue", ec2.delete_route, **arguments)
    assert "local" in error["Message"]
    assert routes_of(ec2, table)["10.0.0.0/16"]["GatewayId"] == "local"


@behaviour("ec2/route-table/in-use", page("DeleteRouteTable"))
def table_in_use(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    table = table_of(ec2, vpc)
    made = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet_of(ec2, vpc))
    assert made["AssociationState"]["State"] in ("associating", "associated")
    error = aws.refused("DependencyViolation", ec2.delete_route_table, RouteTableId=table)
    assert table in error["Message"]
    ec2.disassociate_route_table(AssociationId=made["AssociationId"])
    ec2.delete_route_table(RouteTableId=table)
    call = ec2.describe_route_tables
    aws.refused("InvalidRouteTableID.NotFound", call, RouteTableIds=[table])


@behaviour(
    "ec2/route-table/main-stays",
    page("DeleteRouteTable"),
    moto="the main route table can be deleted",
)
def table_main(aws):
    ec2 = aws.client("ec2")
    mine = by("vpc-id", vpc_of(ec2)) + by("association.main", "true")
    [main] = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    arguments = {"RouteTableId": main["RouteTableId"]}
    aws.refused("DependencyViolation", ec2.delete_route_table, **arguments)


@behaviour(
    "ec2/route-table/one-a-subnet", EC2_ERRORS, moto="a subnet can have several route tables"
)
def table_second(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    subnet, first, second = subnet_of(ec2, vpc), table_of(ec2, vpc), table_of(ec2, vpc)
    ec2.associate_route_table(RouteTableId=first, SubnetId=subnet)
    arguments = {"RouteTableId": second, "SubnetId": subnet}
    aws.refused("Resource.AlreadyAssociated", ec2.associate_route_table, **arguments)


@behaviour("ec2/route-table/replace-association", page("ReplaceRouteTableAssociation"))
def table_replace(aws):
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    subnet, first, second = subnet_of(ec2, vpc), table_of(ec2, vpc), table_of(ec2, vpc)
    old = ec2.associate_route_table(RouteTableId=first, SubnetId=subnet)["AssociationId"]
    arguments = {"AssociationId": old, "RouteTableId": second}
    new = ec2.replace_route_table_association(**arguments)["NewAssociationId"]
    assert new != old
    [table] = ec2.describe_route_tables(Filters=by("association.subnet-id", subnet))["RouteTables"]
    assert table["RouteTableId"] == second
    assert [a["RouteTableAssociationId"] for a in table["Associations"]] == [new]
    call = ec2.disassociate_route_table
    aws.refused("InvalidAssociationID.NotFound", call, AssociationId=old)


@behaviour(
    "ec2/endpoint/gateway",
    f"{ROOT}/vpc/latest/privatelink/vpc-endpoints-s3.html",
    moto="an endpoint has no type unless it was given",
)
def endpoint_gateway(aws):
    """A gateway endpoint's route goes into the tables named, by its prefix list."""
    ec2 = aws.client("ec2")
    vpc = vpc_of(ec2)
    table = table_of(ec2, vpc)
    service = "com.amazonaws.eu-central-1.s3"
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, RouteTableIds=[table])
    id = made["VpcEndpoint"]["VpcEndpointId"]
    assert made["VpcEndpoint"]["VpcEndpointType"] == "Gateway"
    [lists] = ec2.describe_prefix_lists(Filters=by("prefix-list-name", service))["PrefixLists"]
    [described] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    [route] = [r for r in described["Routes"] if r.get("GatewayId") == id]
    assert route["DestinationPrefixListId"] == lists["PrefixListId"]
    assert not ec2.delete_vpc_endpoints(VpcEndpointIds=[id])["Unsuccessful"]
    [described] = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert len(described["Routes"]) == 1


@behaviour("ec2/endpoint/unknown-service", EC2_ERRORS, moto="any service's name is accepted")
def endpoint_service(aws):
    ec2 = aws.client("ec2")
    service = "com.amazonaws.eu-central-1.nothing"
    call = ec2.create_vpc_endpoint
    error = aws.refused("InvalidServiceName", call, VpcId=vpc_of(ec2), ServiceName=service)
    assert service in error["Message"]


@behaviour(
    "ec2/endpoint/delete-unknown",
    page("DeleteVpcEndpoints"),
    moto="what can't be deleted isn't told",
)
def endpoint_absent(aws):
    """Deletions are answered one by one."""
    absent = f"vpce-{ABSENT}"
    gone = aws.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[absent])
    [item] = gone["Unsuccessful"]
    assert item["ResourceId"] == absent
    assert item["Error"]["Code"] in ("InvalidVpcEndpoint.NotFound", "InvalidVpcEndpointId.NotFound")
