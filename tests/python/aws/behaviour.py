"""What a behaviour is, and the list of all of them."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Behaviour:
    """One thing that AWS documents, and the function that checks it with a fresh account."""

    name: str
    page: str
    check: Callable
    # True: moto does the same. A text: it doesn't, and this is how. False: it isn't asked.
    moto: bool | str
    # "strong", or "eventual" where reads after writes are the subject.
    consistency: str
    # Whether it asks for operations that don't exist.
    unknown: bool


ALL: dict[str, Behaviour] = {}


def behaviour(name, page, *, moto=True, emulator_only=False, consistency="strong", unknown=False):
    """Declares the function below as behaviour `name` ("service/thing/what"), from AWS's `page`.

    `emulator_only` is for what needs time, faults or settings, which no other stand-in has.
    """
    if not page.startswith("https://docs.aws.amazon.com/"):
        raise ValueError(f"{name}: {page} is not AWS's documentation")

    def declared(check):
        if name in ALL:
            raise ValueError(f"{name} is declared twice")
        ALL[name] = Behaviour(
            name, page, check, False if emulator_only else moto, consistency, unknown
        )
        return check

    return declared
