"""How Google Cloud's behaviours are declared."""

from behaviour import Behaviour, declare

# Google's documentation, its rules for APIs, and threads that quote what the service answered.
SOURCES = (
    "https://cloud.google.com/",
    "https://docs.cloud.google.com/",
    "https://developers.google.com/",
    "https://google.aip.dev/",
    "https://github.com/",
)


def behaviour(name, page, *, consistency="strong", unknown=False):
    """Declares the function below as behaviour `name` ("service/thing/what"), from `page`."""

    def declared(check):
        made = Behaviour(name, page, check, consistency=consistency, unknown=unknown)
        return declare(made, SOURCES)

    return declared
