"""Secrets Manager."""

import re

from aws.behaviour import behaviour

API = "https://docs.aws.amazon.com/secretsmanager/latest/apireference"
CREATE = f"{API}/API_CreateSecret.html"
GET = f"{API}/API_GetSecretValue.html"
PUT = f"{API}/API_PutSecretValue.html"
DELETE = f"{API}/API_DeleteSecret.html"
TOKEN = "01234567-89ab-cdef-0123-456789abcdef"


def make(aws, name="key", value="1", **changes):
    return aws.client("secretsmanager").create_secret(Name=name, SecretString=value, **changes)


def deleted(aws, **how):
    """A secret that was deleted, and the client."""
    manager = aws.client("secretsmanager")
    make(aws)
    manager.delete_secret(SecretId="key", **how)
    return manager


@behaviour("secrets/create/arn", CREATE)
def create(aws):
    made = make(aws, "path/key")
    pattern = f"arn:aws:secretsmanager:{aws.region}:{aws.account}:secret:path/key-[A-Za-z0-9]{{6}}"
    assert re.fullmatch(pattern, made["ARN"])
    value = aws.client("secretsmanager").get_secret_value(SecretId=made["ARN"])
    assert (value["SecretString"], value["VersionStages"]) == ("1", ["AWSCURRENT"])
    assert value["VersionId"] == made["VersionId"]


@behaviour("secrets/create/exists", CREATE)
def exists(aws):
    make(aws)
    error = aws.refused(
        "ResourceExistsException",
        aws.client("secretsmanager").create_secret,
        Name="key",
        SecretString="2",
    )
    assert error["status"] == 400


@behaviour("secrets/create/both-values", CREATE, moto="it is accepted")
def both_values(aws):
    aws.refused(
        "InvalidParameterException",
        aws.client("secretsmanager").create_secret,
        Name="key",
        SecretString="1",
        SecretBinary=b"1",
    )


@behaviour("secrets/create/without-value", CREATE)
def without_value(aws):
    manager = aws.client("secretsmanager")
    manager.create_secret(Name="key")
    aws.refused("ResourceNotFoundException", manager.get_secret_value, SecretId="key")


@behaviour("secrets/create/same-token", CREATE)
def same_token(aws):
    first = make(aws, ClientRequestToken=TOKEN)
    assert first["VersionId"] == TOKEN
    again = make(aws, ClientRequestToken=TOKEN)
    assert again["ARN"] == first["ARN"]
    aws.refused(
        "ResourceExistsException",
        aws.client("secretsmanager").create_secret,
        Name="key",
        SecretString="2",
        ClientRequestToken=TOKEN,
    )


@behaviour("secrets/get/unknown", GET, moto="the status is 404")
def unknown(aws):
    error = aws.refused(
        "ResourceNotFoundException",
        aws.client("secretsmanager").get_secret_value,
        SecretId="none",
    )
    assert error["status"] == 400
    assert error["Message"] == "Secrets Manager can't find the specified secret."


@behaviour("secrets/put/stages", PUT)
def stages(aws):
    manager = aws.client("secretsmanager")
    first = make(aws)["VersionId"]
    second = manager.put_secret_value(SecretId="key", SecretString="2")["VersionId"]
    assert manager.get_secret_value(SecretId="key")["SecretString"] == "2"
    previous = manager.get_secret_value(SecretId="key", VersionStage="AWSPREVIOUS")
    assert (previous["SecretString"], previous["VersionId"]) == ("1", first)
    shown = manager.describe_secret(SecretId="key")["VersionIdsToStages"]
    assert shown == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}


@behaviour("secrets/put/same-token", PUT)
def put_same_token(aws):
    manager = aws.client("secretsmanager")
    make(aws)
    arguments = {"SecretId": "key", "ClientRequestToken": TOKEN}
    manager.put_secret_value(SecretString="2", **arguments)
    manager.put_secret_value(SecretString="2", **arguments)
    aws.refused("ResourceExistsException", manager.put_secret_value, SecretString="3", **arguments)
    assert manager.get_secret_value(SecretId="key")["SecretString"] == "2"


@behaviour("secrets/put/unknown", PUT)
def put_unknown(aws):
    aws.refused(
        "ResourceNotFoundException",
        aws.client("secretsmanager").put_secret_value,
        SecretId="none",
        SecretString="1",
    )


@behaviour("secrets/delete/name-held", DELETE, moto="the code is ResourceExistsException")
def name_held(aws):
    manager = deleted(aws)
    error = aws.refused(
        "InvalidRequestException", manager.create_secret, Name="key", SecretString="2"
    )
    assert error["status"] == 400 and "scheduled for deletion" in error["Message"]


@behaviour("secrets/delete/not-readable", DELETE)
def not_readable(aws):
    manager = deleted(aws)
    aws.refused("InvalidRequestException", manager.get_secret_value, SecretId="key")
    assert manager.describe_secret(SecretId="key")["DeletedDate"]
    assert manager.list_secrets()["SecretList"] == []
    [listed] = manager.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert listed["Name"] == "key"


@behaviour("secrets/delete/restored", f"{API}/API_RestoreSecret.html")
def restored(aws):
    manager = deleted(aws)
    manager.restore_secret(SecretId="key")
    assert manager.get_secret_value(SecretId="key")["SecretString"] == "1"


@behaviour("secrets/delete/default-window", DELETE)
def default_window(aws):
    manager = aws.client("secretsmanager")
    made = make(aws)
    answer = manager.delete_secret(SecretId="key")
    created = manager.describe_secret(SecretId="key")["CreatedDate"]
    assert answer["ARN"] == made["ARN"] and 29 <= (answer["DeletionDate"] - created).days <= 30


@behaviour("secrets/delete/window-over", DELETE, emulator_only=True)
def window_over(aws):
    manager = deleted(aws, RecoveryWindowInDays=7)
    aws.step(6 * 86400)
    aws.refused("InvalidRequestException", manager.create_secret, Name="key", SecretString="2")
    aws.step(2 * 86400)
    aws.refused("ResourceNotFoundException", manager.describe_secret, SecretId="key")
    make(aws, value="2")


@behaviour("secrets/delete/forced", DELETE)
def forced(aws):
    manager = deleted(aws, ForceDeleteWithoutRecovery=True)

    def gone():
        try:
            manager.describe_secret(SecretId="key")
        except manager.exceptions.ResourceNotFoundException:
            return True
        return False

    aws.until(gone, "the secret gone")
    make(aws, value="2")
    assert manager.get_secret_value(SecretId="key")["SecretString"] == "2"


@behaviour("secrets/delete/window-range", DELETE)
def window_range(aws):
    make(aws)
    call = aws.client("secretsmanager").delete_secret
    aws.refused("InvalidParameterException", call, SecretId="key", RecoveryWindowInDays=6)
    aws.refused("InvalidParameterException", call, SecretId="key", RecoveryWindowInDays=31)


@behaviour("secrets/delete/forced-with-window", DELETE)
def forced_with_window(aws):
    make(aws)
    aws.refused(
        "InvalidParameterException",
        aws.client("secretsmanager").delete_secret,
        SecretId="key",
        RecoveryWindowInDays=7,
        ForceDeleteWithoutRecovery=True,
    )


@behaviour("secrets/delete/unknown", DELETE)
def delete_unknown(aws):
    call = aws.client("secretsmanager").delete_secret
    aws.refused("ResourceNotFoundException", call, SecretId="none")


@behaviour("secrets/tags", f"{API}/API_TagResource.html")
def tags(aws):
    manager = aws.client("secretsmanager")
    make(aws, Tags=[{"Key": "a", "Value": "1"}])
    manager.tag_resource(SecretId="key", Tags=[{"Key": "b", "Value": "2"}])
    manager.untag_resource(SecretId="key", TagKeys=["a"])
    assert manager.describe_secret(SecretId="key")["Tags"] == [{"Key": "b", "Value": "2"}]


@behaviour("secrets/password", f"{API}/API_GetRandomPassword.html")
def password(aws):
    call = aws.client("secretsmanager").get_random_password
    assert len(call()["RandomPassword"]) == 32
    plain = call(PasswordLength=50, ExcludePunctuation=True, ExcludeNumbers=True)
    assert re.fullmatch("[A-Za-z]{50}", plain["RandomPassword"])
