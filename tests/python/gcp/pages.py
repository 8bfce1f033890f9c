"""The addresses of Google Cloud's documentation, by what a page is about."""

ROOT = "https://docs.cloud.google.com"
COMPUTE = f"{ROOT}/compute/docs"
VPC = f"{ROOT}/vpc/docs"
BALANCING = f"{ROOT}/load-balancing/docs"
IAM = f"{ROOT}/iam/docs"
GROUPS = f"{COMPUTE}/instance-groups"
UPDATES = f"{GROUPS}/updating-managed-instance-groups"
ABOUT_REGIONAL = f"{GROUPS}/about-regional-migs"
HANDLING = f"{COMPUTE}/api/how-tos/api-requests-responses"
REQUEST_ID = "https://google.aip.dev/155"
PROVIDER = "https://github.com/hashicorp/terraform-provider-google/issues"


def compute(method):
    """The reference of a method: `networks/insert`; or of a resource: `networks`."""
    return f"{COMPUTE}/reference/rest/v1/{method}"


def iam(method):
    return f"{IAM}/reference/rest/v1/{method}"


def manager(method):
    return f"{ROOT}/resource-manager/reference/rest/v3/{method}"


def secrets(method):
    return f"{ROOT}/secret-manager/docs/reference/rest/v1/{method}"


def dns(method):
    return f"{ROOT}/dns/docs/reference/rest/v1/{method}"


def groups(page):
    return f"{GROUPS}/{page}"


def balancing(page):
    return f"{BALANCING}/{page}"


def provider(number):
    """A thread of the Terraform provider's that quotes the service's answer."""
    return f"{PROVIDER}/{number}"
