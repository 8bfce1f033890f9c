"""Serves moto on a free loopback port, prints its endpoint on one line and stops when stdin closes.

Stdin is the leash: whoever started this holds the other end of the pipe, and the system closes it
however that process ends, a kill included. So no server is left behind and nothing needs a signal.

An access key id that is a twelve-digit number selects the account of that number: give each test
its own and they can't see one another. moto itself knows only the header ``x-moto-account-id`` or
a key that AssumeRole made; this translates the one into the other. `DELETE /accounts/NUMBER` forgets
an account, which is some megabytes.
"""

import logging
import os
import re
import sys
import threading

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

ACCOUNT_KEY = re.compile(r"Credential=(\d{12})/")
ACCOUNT_PATH = re.compile(r"/accounts/(\d{12})")


def accounts(app):
    """Wraps `app` so that a numeric access key id names the account."""

    def wrapped(environ, start_response):
        path = ACCOUNT_PATH.fullmatch(environ["PATH_INFO"])
        if path and environ["REQUEST_METHOD"] == "DELETE":
            forget(path.group(1))
            start_response("204 No Content", [])
            return []
        match = ACCOUNT_KEY.search(environ.get("HTTP_AUTHORIZATION", ""))
        if match:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = match.group(1)
        return app(environ, start_response)

    return wrapped


def forget(account):
    """Drops all that the account holds; moto's own reset takes a second for each account."""
    for backend in list(BackendDict._instances):
        backend.pop(account, None)
    # What moto's dashboard would show.
    reset_model_data()


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = accounts(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    os.environ["MOTO_PORT"] = str(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


main()
