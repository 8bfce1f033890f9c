"""How AWS's behaviours are declared."""

from behaviour import Behaviour, declare


def behaviour(name, page, *, moto=True, emulator_only=False, consistency="strong", unknown=False):
    """Declares the function below as behaviour `name` ("service/thing/what"), from AWS's `page`.

    `emulator_only` is for what needs time, faults or settings, which no other stand-in has.
    """

    def declared(check):
        asked = False if emulator_only else moto
        made = Behaviour(name, page, check, asked, consistency, unknown)
        return declare(made, "https://docs.aws.amazon.com/")

    return declared
