# The user and the folders of the services, where systemd is in use.
if command -v systemd-sysusers >/dev/null; then systemd-sysusers harness-access.conf; fi
if command -v systemd-tmpfiles >/dev/null; then systemd-tmpfiles --create harness-access.conf; fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
