"""STS: who calls."""

from aws.behaviour import behaviour


@behaviour(
    "sts/caller/account",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html",
)
def caller(aws):
    assert aws.client("sts").get_caller_identity()["Account"] == aws.account
