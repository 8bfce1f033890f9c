"""What the suites do with an account of any stand-in: let time pass, change it, look at its log."""

import contextlib
import time


class Account:
    """One account of a stand-in. `emulated` tells whether it has a control API."""

    def __init__(self, endpoint, account, control):
        self.endpoint, self.account, self.control = endpoint, account, control
        self.emulated = control is not None

    def until(self, predicate, what, every=5, limit=3600):
        """Asks until `predicate` returns something true, and returns that.

        Between two questions `every` emulated seconds pass, in all `limit` at most.
        """
        for _ in range(int(limit / every) if self.emulated else 50):
            answer = predicate()
            if answer:
                return answer
            if self.emulated:
                self.step(every)
            else:
                time.sleep(0.1)
        raise AssertionError(f"never {what}; last: {answer!r}")

    def step(self, seconds):
        """Lets emulated time pass; elsewhere nothing."""
        if self.emulated:
            self.control.advance(seconds)

    @contextlib.contextmanager
    def scale(self, factor=1000):
        """Within it emulated time runs by itself, `factor` times as fast as real time."""
        if not self.emulated:
            yield
            return
        self.control.scale_clock(factor)
        try:
            yield
        finally:
            self.control.stop_clock()

    def settings(self, changes):
        """Changes this account's emulator settings; elsewhere nothing."""
        if self.emulated:
            self.control.settings(self.account, changes)

    def fault(self, effect, service="*", operation="*", times=None):
        """Something goes wrong with this account's calls: `effect` as the control API has them."""
        return self.control.fault(self.account, effect, service, operation, times)

    def log(self):
        """This account's recorded requests, oldest first."""
        return self.control.log(self.account)
