"""The settings of an emulated Google Cloud project, as far as the suite uses them. All their names are here."""

import control


class Control(control.Control):
    """One emulator's control API."""

    def consistency(self, account, kind):
        """When what was written can be read: "strong", at once; "eventual", as on Google Cloud."""
        windows = {
            "strong": {"list_window": 0, "flapping": False, "policy_window": 0, "service_account_window": 0},
            "eventual": {"list_window": 5, "flapping": True, "policy_window": 120, "service_account_window": 60},
        }
        self.settings(account, {"consistency": windows[kind]})

    def workload(self, account, rules):
        """What listens: (names of instances or None for all, ports) each."""
        listens = [
            {"instances": "all" if names is None else {"names": names}, "ports": {"these": ports}}
            for names, ports in rules
        ]
        self.settings(account, {"workload": {"listens": listens}})

    def shortage(self, account, zones, machines):
        """Those zones have no machine of those types left."""
        stockouts = [{"zone": zone, "machine_type": machine, "left": 0} for zone in zones for machine in machines]
        self.settings(account, {"stockouts": stockouts})

    def quota(self, account, scope, limits):
        """How much there may be: `scope` is "global" or "regional"."""
        self.settings(account, {"quotas": {scope: limits}})

    def operations(self, account, method, takes):
        """That method's operations take so many seconds."""
        self.settings(account, {"operations": [{"method": method, "takes": takes}]})

    def enforce(self, account):
        """From now on callers need roles."""
        self.settings(account, {"enforce_policies": True})
