"""The addresses of AWS's documentation, by the operation that a page is about."""

ROOT = "https://docs.aws.amazon.com"
# Every error code of EC2's, with what it means.
EC2_ERRORS = f"{ROOT}/AWSEC2/latest/APIReference/errors-overview.html"
EC2_IDEMPOTENCY = f"{ROOT}/ec2/latest/devguide/ec2-api-idempotency.html"
EC2_CONSISTENCY = f"{ROOT}/ec2/latest/devguide/eventual-consistency.html"
VPC_QUOTAS = f"{ROOT}/vpc/latest/userguide/amazon-vpc-limits.html"
NAT_TROUBLE = f"{ROOT}/vpc/latest/userguide/nat-gateway-troubleshooting.html"


def ec2(operation):
    return f"{ROOT}/AWSEC2/latest/APIReference/API_{operation}.html"


def elb(operation):
    return f"{ROOT}/elasticloadbalancing/latest/APIReference/API_{operation}.html"


def acm(operation):
    return f"{ROOT}/acm/latest/APIReference/API_{operation}.html"


def autoscaling(operation):
    return f"{ROOT}/autoscaling/ec2/APIReference/API_{operation}.html"


def vpc_guide(page):
    return f"{ROOT}/vpc/latest/userguide/{page}.html"


def ec2_guide(page):
    return f"{ROOT}/AWSEC2/latest/UserGuide/{page}.html"


def ebs_guide(page):
    return f"{ROOT}/ebs/latest/userguide/{page}.html"
