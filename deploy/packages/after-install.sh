# The user and the folders of the services, where systemd is in use. In an image that is being built systemd may not be
# able to make them; it does so when it starts.
if command -v systemd-sysusers >/dev/null; then systemd-sysusers harness-access.conf || true; fi
if command -v systemd-tmpfiles >/dev/null; then systemd-tmpfiles --create harness-access.conf || true; fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
