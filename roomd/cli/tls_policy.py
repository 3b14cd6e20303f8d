"""Files with which IT makes managed computers trust the room's authority.

Firefox: `policies.json`, key `Certificates.Install` (policy templates of Mozilla). Windows: `certutil -addstore`, which
Chrome and Edge follow. Debian and its relatives: `update-ca-certificates`, and for Chromium, which keeps its own store,
`certutil` of libnss3-tools for each user. Chromium's part is what our own browser test does; the others are unverified.
"""

from __future__ import annotations

import json

FIREFOX = {
    "policies": {"Certificates": {"ImportEnterpriseRoots": True, "Install": ["roomd-ca.crt"]}}
}


def policies(ca: str) -> dict[str, str]:
    """Return file name -> content; `ca` is the authority, PEM."""
    return {
        "roomd-ca.crt": ca,
        "firefox/policies.json": json.dumps(FIREFOX, indent=2) + "\n",
        "windows/install.cmd": "@certutil -addstore -f Root %~dp0..\\roomd-ca.crt\r\n",
        "debian/install.sh": _DEBIAN,
    }


_DEBIAN = """#!/bin/sh
# As root: for programs of the system. For Chromium run the second part as each user.
set -eu
here="$(cd "$(dirname "$0")/.." && pwd)"
if [ "$(id -u)" -eq 0 ]; then
    install -m 644 "$here/roomd-ca.crt" /usr/local/share/ca-certificates/roomd-ca.crt
    update-ca-certificates
else
    mkdir -p "$HOME/.pki/nssdb"
    [ -e "$HOME/.pki/nssdb/cert9.db" ] || certutil -d "sql:$HOME/.pki/nssdb" -N --empty-password
    certutil -d "sql:$HOME/.pki/nssdb" -A -t "C,," -n roomd-ca -i "$here/roomd-ca.crt"
fi
"""
