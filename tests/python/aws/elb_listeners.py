"""Elastic Load Balancing: listeners, rules, policies."""

from aws.acm import imported
from aws.behaviour import behaviour
from aws.elb import balancer, fixed, forward, listener, targets
from aws.pages import elb as page


@behaviour("elb/listener/create", page("CreateListener"))
def listener_create(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    group, arn = targets(aws, net), balancer(aws, net)["LoadBalancerArn"]
    made = listener(aws, arn, forward(group))
    assert ":listener/app/front/" in made
    [shown] = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    assert (shown["ListenerArn"], shown["Port"], shown["Protocol"]) == (made, 80, "HTTP")
    assert shown["DefaultActions"][0]["TargetGroupArn"] == group
    [used] = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert used["LoadBalancerArns"] == [arn]
    [rule] = elb.describe_rules(ListenerArn=made)["Rules"]
    assert (rule["IsDefault"], rule["Priority"], rule["Conditions"]) == (True, "default", [])


@behaviour(
    "elb/listener/duplicate", page("CreateListener"), moto="a port can have several listeners"
)
def listener_duplicate(aws):
    """One a port; the same once more is the same one."""
    net = aws.network()
    arn, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    first = listener(aws, arn, forward(group))
    arguments = {"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80}
    call = aws.client("elbv2").create_listener
    error = aws.refused("DuplicateListener", call, DefaultActions=fixed(), **arguments)
    assert "already exists" in error["Message"]
    assert listener(aws, arn, forward(group)) == first


@behaviour("elb/listener/unknown", page("CreateListener"))
def listener_unknown(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    arn, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    elb.delete_target_group(TargetGroupArn=group)
    arguments = {"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 80}
    call = elb.create_listener
    aws.refused("TargetGroupNotFound", call, DefaultActions=forward(group), **arguments)
    arguments["LoadBalancerArn"] = arn[:-16] + "0123456789abcdef"
    aws.refused("LoadBalancerNotFound", call, DefaultActions=fixed(), **arguments)
    call = elb.delete_listener
    absent = arn.replace(":loadbalancer/", ":listener/") + "/0123456789abcdef"
    aws.refused("ListenerNotFound", call, ListenerArn=absent)


@behaviour(
    "elb/listener/protocols",
    page("CreateListener"),
    moto="any protocol is accepted for any balancer",
)
def protocols(aws):
    """HTTP and HTTPS for one kind of balancer, TCP, TLS and UDP for the other."""
    net = aws.network()
    call = aws.client("elbv2").create_listener
    front = balancer(aws, net)["LoadBalancerArn"]
    back = balancer(aws, net, "back", Type="network")["LoadBalancerArn"]
    http, tcp = targets(aws, net), targets(aws, net, "tcp", Protocol="TCP")
    codes = (
        "ValidationError",
        "InvalidConfigurationRequest",
        "UnsupportedProtocol",
        "IncompatibleProtocols",
    )
    for arn, protocol, group in ((front, "TCP", tcp), (back, "HTTP", http), (back, "TCP", http)):
        arguments = {"LoadBalancerArn": arn, "Protocol": protocol, "Port": 80}
        aws.refused(codes, call, DefaultActions=forward(group), **arguments)


@behaviour("elb/listener/https", page("CreateListener"), moto="no certificate is needed")
def https(aws):
    """It needs a certificate, has a policy, and holds the certificate."""
    net = aws.network()
    elb, acm = aws.client("elbv2"), aws.client("acm")
    arn = balancer(aws, net)["LoadBalancerArn"]
    certificate = imported(aws)
    arguments = {
        "LoadBalancerArn": arn,
        "Protocol": "HTTPS",
        "Port": 443,
        "DefaultActions": fixed(),
    }
    call = elb.create_listener
    aws.refused(("ValidationError", "CertificateNotFound"), call, **arguments)
    absent = certificate[:-12] + "0123456789ab"
    codes = ("CertificateNotFound", "UnsupportedCertificate")
    aws.refused(codes, call, Certificates=[{"CertificateArn": absent}], **arguments)
    [made] = call(Certificates=[{"CertificateArn": certificate}], **arguments)["Listeners"]
    assert made["SslPolicy"].startswith("ELBSecurityPolicy-")
    assert made["Certificates"][0]["CertificateArn"] == certificate
    aws.until(
        lambda: (
            arn in acm.describe_certificate(CertificateArn=certificate)["Certificate"]["InUseBy"]
        ),
        "in use",
    )
    call = acm.delete_certificate
    error = aws.refused("ResourceInUseException", call, CertificateArn=certificate)
    assert "in use" in error["Message"]


@behaviour("elb/listener/modify", page("ModifyListener"), moto="a port can have several listeners")
def listener_modify(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    arn = balancer(aws, net)["LoadBalancerArn"]
    made = listener(aws, arn, fixed())
    [shown] = elb.modify_listener(ListenerArn=made, Port=8080)["Listeners"]
    assert shown["Port"] == 8080 and shown["DefaultActions"][0]["Type"] == "fixed-response"
    other = listener(aws, arn, fixed(), port=81)
    aws.refused("DuplicateListener", elb.modify_listener, ListenerArn=other, Port=8080)


@behaviour(
    "elb/rule/priorities",
    page("CreateRule"),
    moto="no answer when the default rule is to be deleted",
)
def rules(aws):
    net = aws.network()
    elb = aws.client("elbv2")
    made = listener(aws, balancer(aws, net)["LoadBalancerArn"], fixed())
    condition = [{"Field": "path-pattern", "Values": ["/api/*"]}]
    arguments = {"ListenerArn": made, "Conditions": condition, "Actions": fixed("403")}
    [rule] = elb.create_rule(Priority=10, **arguments)["Rules"]
    aws.refused("PriorityInUse", elb.create_rule, Priority=10, **arguments)
    shown = elb.describe_rules(ListenerArn=made)["Rules"]
    assert [each["Priority"] for each in shown] == ["10", "default"]
    change = [{"RuleArn": rule["RuleArn"], "Priority": 20}]
    elb.set_rule_priorities(RulePriorities=change)
    shown = elb.describe_rules(ListenerArn=made)["Rules"]
    assert [each["Priority"] for each in shown] == ["20", "default"]
    default = shown[1]["RuleArn"]
    aws.refused("OperationNotPermitted", elb.delete_rule, RuleArn=default)
    elb.delete_rule(RuleArn=rule["RuleArn"])
    aws.refused("RuleNotFound", elb.describe_rules, RuleArns=[rule["RuleArn"]])


@behaviour(
    "elb/balancer/takes-listeners",
    page("DeleteLoadBalancer"),
    moto="a target group still names the balancer that is gone",
)
def takes_listeners(aws):
    """With a balancer go its listeners; its target groups stay."""
    net = aws.network()
    elb = aws.client("elbv2")
    arn, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    made = listener(aws, arn, forward(group))
    elb.delete_load_balancer(LoadBalancerArn=arn)
    aws.until(lambda: not elb.describe_load_balancers()["LoadBalancers"], "gone")
    aws.refused("ListenerNotFound", elb.describe_listeners, ListenerArns=[made])
    [shown] = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert shown["LoadBalancerArns"] == []
    elb.delete_target_group(TargetGroupArn=group)


@behaviour(
    "elb/ssl-policies",
    page("DescribeSSLPolicies"),
    moto="an unknown policy is left out instead of refused",
)
def policies(aws):
    elb = aws.client("elbv2")
    name = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    [policy] = elb.describe_ssl_policies(Names=[name])["SslPolicies"]
    assert set(policy["SslProtocols"]) == {"TLSv1.2", "TLSv1.3"}
    aws.refused("SSLPolicyNotFound", elb.describe_ssl_policies, Names=["nothing"])


@behaviour("elb/limits", page("DescribeAccountLimits"), moto="limits of its own")
def limits(aws):
    listed = aws.client("elbv2").describe_account_limits()["Limits"]
    limits = {each["Name"]: each["Max"] for each in listed}
    assert limits["application-load-balancers"] == "50"
    assert limits["listeners-per-application-load-balancer"] == "50"
