
# The image's default user is the first ordinary one.
home=$(getent passwd 1000 | cut -d: -f6)
install -d -m 0700 -o 1000 -g 1000 "$home/.ssh"
cat >>"$home/.ssh/authorized_keys" <<'CASTRA_KEYS'
@KEYS@
CASTRA_KEYS
chown 1000:1000 "$home/.ssh/authorized_keys"
chmod 0600 "$home/.ssh/authorized_keys"
