"""What a behaviour is, and the list of all of them."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Behaviour:
    """One thing that a cloud's maker documents, and the function that checks it with a fresh account."""

    name: str
    page: str
    check: Callable
    # True: moto does the same. A text: it doesn't, and this is how. False: it isn't asked.
    moto: bool | str = False
    # "strong", or "eventual" where reads after writes are the subject.
    consistency: str = "strong"
    # Whether it asks for operations that don't exist.
    unknown: bool = False


ALL: dict[str, Behaviour] = {}


def declare(behaviour, sources):
    """Puts a behaviour into the list. Its page must be one of those that count as a source."""
    if not behaviour.page.startswith(sources):
        raise ValueError(f"{behaviour.name}: {behaviour.page} is no source")
    if behaviour.name in ALL:
        raise ValueError(f"{behaviour.name} is declared twice")
    ALL[behaviour.name] = behaviour
    return behaviour.check
