"""The short-lived program that alone reads the authority's key: `python -m roomd.identity.signing FOLDER`.

It gets `{"room", "hosts", "addresses", "networks", "now", "new_ca"}` as JSON on standard input and leaves `ca.crt`,
`ca.key`, `leaf.crt` and `leaf.key` in the folder. The daemon, which speaks to the network, never holds the key.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from roomd.config.durable import make_folder, write_durably
from roomd.identity.ca import Names, Pair, issue, make_ca

CA_CERT, CA_KEY, LEAF_CERT, LEAF_KEY = "ca.crt", "ca.key", "leaf.crt", "leaf.key"


def sign(folder: Path, wanted: dict[str, Any]) -> None:
    """Make the authority where there is none, or another is wished; and a leaf.

    Raises:
        OSError: the folder cannot be written.
        ValueError: what is there cannot be read.
    """
    make_folder(folder)
    hosts, addresses, networks = (tuple(wanted[k]) for k in ("hosts", "addresses", "networks"))
    names = Names(hosts, addresses, networks)
    cert, key = folder / CA_CERT, folder / CA_KEY
    if wanted.get("new_ca") or not (cert.exists() and key.exists()):
        made = make_ca(wanted["room"], names)
        # The key first: a certificate without it would be offered to tablets, and never sign anything.
        write_durably(key, made.key)
        write_durably(cert, made.cert)
    authority = Pair(cert.read_bytes(), key.read_bytes())
    leaf = issue(authority, names, dt.datetime.fromtimestamp(wanted["now"], dt.UTC))
    write_durably(folder / LEAF_KEY, leaf.key)
    write_durably(folder / LEAF_CERT, leaf.cert)


def main() -> None:
    """Do it for the folder named on the command line."""
    sign(Path(sys.argv[1]), json.load(sys.stdin))


if __name__ == "__main__":
    main()
