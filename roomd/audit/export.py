"""The record on a stick: JSON lines with hash and seal, a manifest, a signature; and CSV for reading.

Another machine can check it with nothing but this program: `roomd audit verify FOLDER`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roomd.audit.keys import Signer, is_signed
from roomd.audit.verify import Row

ROWS = "record.jsonl"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
READABLE = "record.csv"
COLUMNS = (
    "seq",
    "wall",
    "actor",
    "role",
    "addr",
    "act",
    "kind",
    "obj",
    "result",
    "reason",
    "detail",
)


class BadExport(ValueError):
    """A folder that is no export, or was changed; the text says which file."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was read back."""

    rows: list[Row]
    manifest: dict[str, Any]
    signed: bool
    """By the key that stands in its own first row."""


def write_export(
    folder: Path, rows: Iterable[Row], signer: Signer, about: dict[str, Any]
) -> dict[str, Any]:
    """Write an export into an empty folder; return its manifest.

    Args:
        folder: it exists, and is empty.
        rows: ascending.
        signer: signs the manifest.
        about: room, time and label, for the manifest.

    Raises:
        OSError: the disk refuses; what was written stays, without a manifest.
    """
    count, last, head = 0, 0, ""
    checksum = hashlib.sha256()
    with (
        (folder / ROWS).open("wb") as lines,
        (folder / READABLE).open("w", encoding="utf-8-sig", newline="") as table,
    ):
        readable = csv.writer(table)
        readable.writerow(COLUMNS)
        for seq, row_hash, mac, body in rows:
            line = json.dumps({"body": body, "hash": row_hash.hex(), "mac": mac.hex()}) + "\n"
            lines.write(line.encode())
            checksum.update(line.encode())
            readable.writerow(_cells(json.loads(body)))
            count, last, head = count + 1, seq, row_hash.hex()
        lines.flush()
        os.fsync(lines.fileno())
    manifest = {**about, "rows": count, "last": last, "head": head, "sha256": checksum.hexdigest()}
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()
    (folder / MANIFEST).write_bytes(text)
    (folder / SIGNATURE).write_text(signer.sign(text), "ascii")
    return manifest


def read_export(folder: Path) -> Export:
    """Read an export back and check that it is whole.

    Raises:
        BadExport: a file is missing or was changed.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
        manifest = json.loads(text)
        raw = (folder / ROWS).read_bytes()
        signature = (folder / SIGNATURE).read_text("ascii")
    except (OSError, ValueError) as error:
        raise BadExport(str(error)) from None
    if hashlib.sha256(raw).hexdigest() != manifest.get("sha256"):
        raise BadExport(ROWS)
    try:
        rows = list(_rows(raw))
        first: dict[str, Any] = json.loads(rows[0][3]) if rows else {}
    except (ValueError, KeyError, TypeError) as error:
        raise BadExport(f"{ROWS}: {error}") from None
    public = str(first.get("detail", {}).get("public_key", manifest.get("public_key", "")))
    return Export(rows, manifest, bool(public) and is_signed(public, text, signature))


def _rows(raw: bytes) -> Iterator[Row]:
    for line in raw.splitlines():
        found = json.loads(line)
        body = str(found["body"])
        yield (
            int(json.loads(body)["seq"]),
            bytes.fromhex(found["hash"]),
            bytes.fromhex(found["mac"]),
            body,
        )


def _cells(body: dict[str, Any]) -> list[str]:
    """Return a row for spreadsheets; what begins like a formula is made text (trust.md 9)."""
    cells = [
        json.dumps(body[c], ensure_ascii=False) if c == "detail" else str(body.get(c, ""))
        for c in COLUMNS
    ]
    return [f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t"} else cell for cell in cells]
