"""Systems Manager's Parameter Store."""

from aws.behaviour import behaviour
from aws.fixture import IMAGE

API = "https://docs.aws.amazon.com/systems-manager/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/systems-manager/latest/userguide"
PUT = f"{API}/API_PutParameter.html"
GET = f"{API}/API_GetParameter.html"
PATH = f"{API}/API_GetParametersByPath.html"


def put(aws, name="/a", value="1", **changes):
    arguments = {"Name": name, "Value": value, "Type": "String", **changes}
    return aws.client("ssm").put_parameter(**arguments)


def get(aws, name="/a", **changes):
    return aws.client("ssm").get_parameter(Name=name, **changes)["Parameter"]


@behaviour("ssm/parameter/put", PUT)
def put_and_get(aws):
    made = put(aws)
    assert (made["Version"], made["Tier"]) == (1, "Standard")
    shown = get(aws)
    assert (shown["Value"], shown["Type"], shown["Version"]) == ("1", "String", 1)
    assert shown["ARN"] == f"arn:aws:ssm:{aws.region}:{aws.account}:parameter/a"
    assert shown["DataType"] == "text"


@behaviour("ssm/parameter/exists", PUT)
def exists(aws):
    put(aws)
    error = aws.refused(
        "ParameterAlreadyExists",
        aws.client("ssm").put_parameter,
        Name="/a",
        Value="2",
        Type="String",
    )
    assert error["status"] == 400 and "overwrite" in error["Message"]
    assert get(aws)["Value"] == "1"


@behaviour("ssm/parameter/overwrite", PUT)
def overwrite(aws):
    put(aws)
    assert put(aws, value="2", Overwrite=True)["Version"] == 2
    shown = get(aws)
    assert (shown["Value"], shown["Version"]) == ("2", 2)


@behaviour("ssm/parameter/type-kept", PUT, moto="the type is changed")
def type_kept(aws):
    put(aws)
    aws.refused(
        "HierarchyTypeMismatchException",
        aws.client("ssm").put_parameter,
        Name="/a",
        Value="2",
        Type="SecureString",
        Overwrite=True,
    )


@behaviour("ssm/parameter/unknown", GET)
def unknown(aws):
    error = aws.refused("ParameterNotFound", aws.client("ssm").get_parameter, Name="/none")
    assert error["status"] == 400


@behaviour("ssm/parameter/several", f"{API}/API_GetParameters.html")
def several(aws):
    put(aws)
    found = aws.client("ssm").get_parameters(Names=["/a", "/none"])
    assert [parameter["Name"] for parameter in found["Parameters"]] == ["/a"]
    assert found["InvalidParameters"] == ["/none"]


@behaviour("ssm/parameter/too-many-names", f"{API}/API_GetParameters.html")
def too_many(aws):
    names = [f"/{number}" for number in range(11)]
    aws.refused("ValidationException", aws.client("ssm").get_parameters, Names=names)


@behaviour("ssm/parameter/delete", f"{API}/API_DeleteParameter.html")
def delete(aws):
    ssm = aws.client("ssm")
    put(aws)
    ssm.delete_parameter(Name="/a")
    aws.refused("ParameterNotFound", ssm.get_parameter, Name="/a")
    aws.refused("ParameterNotFound", ssm.delete_parameter, Name="/a")


@behaviour("ssm/parameter/delete-several", f"{API}/API_DeleteParameters.html")
def delete_several(aws):
    put(aws)
    answer = aws.client("ssm").delete_parameters(Names=["/a", "/none"])
    assert answer["DeletedParameters"] == ["/a"] and answer["InvalidParameters"] == ["/none"]


@behaviour("ssm/path/levels", PATH)
def path(aws):
    for name in ("/a/b", "/a/c/d", "/ab"):
        put(aws, name)
    ssm = aws.client("ssm")
    flat = ssm.get_parameters_by_path(Path="/a")["Parameters"]
    assert [parameter["Name"] for parameter in flat] == ["/a/b"]
    deep = ssm.get_parameters_by_path(Path="/a", Recursive=True)["Parameters"]
    assert sorted(parameter["Name"] for parameter in deep) == ["/a/b", "/a/c/d"]


@behaviour("ssm/path/pages", PATH)
def path_pages(aws):
    for name in "bcd":
        put(aws, f"/a/{name}")
    pages = list(
        aws.client("ssm")
        .get_paginator("get_parameters_by_path")
        .paginate(Path="/a", PaginationConfig={"PageSize": 2})
    )
    assert [len(page["Parameters"]) for page in pages] == [2, 1]


@behaviour("ssm/path/relative", PATH, moto="it is accepted")
def relative(aws):
    aws.refused("ValidationException", aws.client("ssm").get_parameters_by_path, Path="a")


@behaviour("ssm/secure/decryption", GET)
def secure(aws):
    put(aws, value="secret", Type="SecureString")
    assert get(aws)["Value"] != "secret"
    assert get(aws, WithDecryption=True)["Value"] == "secret"
    [shown] = aws.client("ssm").describe_parameters()["Parameters"]
    assert shown["KeyId"] == "alias/aws/ssm"


@behaviour(
    "ssm/version/selected", f"{GUIDE}/sysman-paramstore-versions.html", moto="there is no selector"
)
def version(aws):
    put(aws)
    put(aws, value="2", Overwrite=True)
    shown = get(aws, "/a:1")
    assert (shown["Value"], shown["Selector"]) == ("1", ":1")
    aws.refused("ParameterVersionNotFound", aws.client("ssm").get_parameter, Name="/a:3")


@behaviour("ssm/version/label", f"{API}/API_LabelParameterVersion.html")
def label(aws):
    ssm = aws.client("ssm")
    put(aws)
    put(aws, value="2", Overwrite=True)
    ssm.label_parameter_version(Name="/a", ParameterVersion=1, Labels=["good"])
    assert get(aws, "/a:good")["Value"] == "1"
    ssm.label_parameter_version(Name="/a", ParameterVersion=2, Labels=["good"])
    assert get(aws, "/a:good")["Value"] == "2"


@behaviour("ssm/version/history", f"{API}/API_GetParameterHistory.html")
def history(aws):
    put(aws)
    put(aws, value="2", Overwrite=True)
    found = aws.client("ssm").get_parameter_history(Name="/a")["Parameters"]
    assert [(entry["Version"], entry["Value"]) for entry in found] == [(1, "1"), (2, "2")]


@behaviour(
    "ssm/limit/value", f"{GUIDE}/parameter-store-advanced-parameters.html", moto="it is accepted"
)
def value_size(aws):
    call = aws.client("ssm").put_parameter
    error = aws.refused("ValidationException", call, Name="/a", Value=4097 * "x", Type="String")
    assert "4096" in error["Message"]
    assert put(aws, value=4097 * "x", Tier="Advanced")["Tier"] == "Advanced"


@behaviour("ssm/limit/levels", PUT, moto="it is accepted")
def levels(aws):
    deep = 15 * "/x"
    put(aws, deep)
    call = aws.client("ssm").put_parameter
    aws.refused(
        "HierarchyLevelLimitExceededException", call, Name=16 * "/x", Value="1", Type="String"
    )


@behaviour("ssm/name/reserved", PUT)
def reserved(aws):
    call = aws.client("ssm").put_parameter
    for name in ("aws-thing", "/ssm/thing"):
        codes = ("ValidationException", "AccessDeniedException")
        aws.refused(codes, call, Name=name, Value="1", Type="String")


@behaviour("ssm/name/characters", PUT, moto="it is accepted")
def characters(aws):
    call = aws.client("ssm").put_parameter
    aws.refused("ValidationException", call, Name="/a b", Value="1", Type="String")


@behaviour("ssm/parameter/type-missing", PUT)
def no_type(aws):
    aws.refused("ValidationException", aws.client("ssm").put_parameter, Name="/a", Value="1")


@behaviour("ssm/parameter/pattern", PUT, moto="it is accepted")
def pattern(aws):
    aws.refused(
        "ParameterPatternMismatchException",
        aws.client("ssm").put_parameter,
        Name="/a",
        Value="red",
        Type="String",
        AllowedPattern="^\\d+$",
    )


@behaviour("ssm/tags/at-creation", PUT)
def tags(aws):
    ssm = aws.client("ssm")
    put(aws, Tags=[{"Key": "owner", "Value": "me"}])
    shown = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/a")
    assert shown["TagList"] == [{"Key": "owner", "Value": "me"}]
    found = ssm.describe_parameters(ParameterFilters=[{"Key": "tag:owner", "Values": ["me"]}])
    assert [parameter["Name"] for parameter in found["Parameters"]] == ["/a"]


@behaviour("ssm/tags/not-with-overwrite", PUT)
def tags_with_overwrite(aws):
    put(aws)
    aws.refused(
        "ValidationException",
        aws.client("ssm").put_parameter,
        Name="/a",
        Value="2",
        Type="String",
        Overwrite=True,
        Tags=[{"Key": "owner", "Value": "me"}],
    )


@behaviour("ssm/tags/unknown-parameter", f"{API}/API_AddTagsToResource.html")
def tags_of_unknown(aws):
    aws.refused(
        "InvalidResourceId",
        aws.client("ssm").add_tags_to_resource,
        ResourceType="Parameter",
        ResourceId="/none",
        Tags=[{"Key": "owner", "Value": "me"}],
    )


@behaviour(
    "ssm/public/image",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/finding-an-ami-parameter-store.html",
    moto="the parameter's ARN has the account in it",
)
def public_image(aws):
    shown = get(aws, IMAGE)
    assert shown["Value"].startswith("ami-") and shown["Type"] == "String"
    assert shown["ARN"] == f"arn:aws:ssm:{aws.region}::parameter{IMAGE}"
    [image] = aws.client("ec2").describe_images(ImageIds=[shown["Value"]])["Images"]
    assert (image["State"], image["Architecture"]) == ("available", "x86_64")
