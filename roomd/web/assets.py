"""The panel's files, from a table made at the start: path -> bytes. Nothing is read from disk by a request's path."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

PAGES = {
    "/": "index.html",
    "/display": "display.html",
    "/admin": "admin.html",
    "/join": "join.html",
}
"""Address -> file of the build."""
HASHED = "/assets/"
"""Files below it carry a hash in their name and never change."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    body: bytes
    packed: bytes | None
    """The same, gzipped at build time, or None."""
    type: str
    tag: str
    immutable: bool


class Assets:
    """All files of the panel's build."""

    def __init__(self, folder: Path) -> None:
        self.table: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix != ".gz" and not path.name.startswith("."):
                self.table["/" + path.relative_to(folder).as_posix()] = _asset(path, folder)
        for address, name in PAGES.items():
            if "/" + name in self.table:
                self.table[address] = self.table["/" + name]

    @property
    def present(self) -> bool:
        """Return whether the panel was built."""
        return "/" in self.table

    @property
    def build(self) -> str:
        """Return what names this build: 12 hex digits over all files."""
        digest = hashlib.sha256()
        for address in sorted(self.table):
            digest.update(address.encode() + self.table[address].tag.encode())
        return digest.hexdigest()[:12]

    def respond(self, request: web.Request) -> web.Response | None:
        """Return the file at the request's path, or None."""
        asset = self.table.get(request.path)
        if asset is None:
            return None
        headers = {
            "ETag": f'"{asset.tag}"',
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, max-age=31536000, immutable"
            if asset.immutable
            else "no-cache",
        }
        if request.headers.get("If-None-Match") == f'"{asset.tag}"':
            return web.Response(status=304, headers=headers)
        body = asset.body
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = asset.packed
            headers["Content-Encoding"] = "gzip"
        headers["Content-Type"] = asset.type
        return web.Response(body=body, headers=headers)


def _asset(path: Path, folder: Path) -> Asset:
    body = path.read_bytes()
    packed = path.with_name(path.name + ".gz")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".webmanifest":
        kind = "application/manifest+json"
    if kind.startswith("text/") or kind == "application/javascript":
        kind += "; charset=utf-8"
    return Asset(
        body,
        packed.read_bytes() if packed.exists() else None,
        kind,
        hashlib.sha256(body).hexdigest()[:32],
        ("/" + path.relative_to(folder).as_posix()).startswith(HASHED),
    )
