"""Answers the load balancer's health check over HTTPS until an application is installed."""

import http.server
import os
import ssl
import threading

PORTS = @PORTS@
HEALTH = @HEALTH@


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path.split("?", 1)[0] in (HEALTH.split("?", 1)[0], "/")
        body = b"ok\n" if known else b"not found\n"
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    # The handshake belongs to the connection's own thread: a probe that only connects must not hold up the rest.
    def finish_request(self, request, client_address):
        request.settimeout(10)
        with TLS.wrap_socket(request, server_side=True) as secure:
            self.RequestHandlerClass(secure, client_address, self)

    def handle_error(self, *_):
        pass


keys = os.environ["CREDENTIALS_DIRECTORY"]
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
TLS.load_cert_chain(f"{keys}/cert.pem", f"{keys}/key.pem")

threads = [threading.Thread(target=Server(("", port), Answer).serve_forever) for port in PORTS]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
