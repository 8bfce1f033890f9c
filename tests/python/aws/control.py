"""The settings of an emulated AWS account, as far as the suite uses them."""

import control


class Control(control.Control):
    """One emulator's control API."""

    def consistency(self, account, kind):
        """When what was written can be read: "strong", at once; "eventual", as on AWS."""
        windows = {"strong": (0, 0), "eventual": (5, 12)}
        window, profiles = windows[kind]
        consistency = {
            "window": window,
            "instance_profile_window": profiles,
            "flapping": kind == "eventual",
        }
        self.settings(account, {"consistency": consistency})

    def workload(self, account, answers):
        """Which machines of the account answer on which ports: {id, or None for all: ports}."""
        rules = [
            {
                "instances": "all" if instance is None else {"ids": [instance]},
                "ports": {"these": ports},
            }
            for instance, ports in answers.items()
        ]
        self.settings(account, {"workload": {"listens": rules}})

    def shortage(self, account, zones, instance_types=("*",)):
        """Where there is no capacity for those types any more; no zones: there is everywhere."""
        shortages = [{"zone": zone, "instance_types": list(instance_types)} for zone in zones]
        self.settings(account, {"shortages": shortages})
