#!/bin/bash
# First boot of a node without an application: HTTPS on the cluster's ports, so that load balancers see it live.
set -euo pipefail

install -d -m 0755 /opt/castra
cat >/opt/castra/serve.py <<'CASTRA_SERVE'
@SERVE@
CASTRA_SERVE

# Self-signed and made here: it never leaves the machine. Load balancers don't check the certificates of their targets.
if [ ! -s /opt/castra/cert.pem ]; then
  (
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
      -subj "/CN=$(hostname)" -keyout /opt/castra/key.pem -out /opt/castra/cert.pem
  )
fi

cat >/etc/systemd/system/castra-stub.service <<'CASTRA_UNIT'
[Unit]
Description=Answers health checks until an application is installed
Wants=network-online.target
After=network-online.target

[Service]
DynamicUser=yes
AmbientCapabilities=CAP_NET_BIND_SERVICE
LoadCredential=cert.pem:/opt/castra/cert.pem
LoadCredential=key.pem:/opt/castra/key.pem
ExecStart=/usr/bin/python3 /opt/castra/serve.py
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
CASTRA_UNIT
systemctl daemon-reload
systemctl enable --now castra-stub.service
