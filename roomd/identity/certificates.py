"""The certificates with which the room is served: its own authority's, or those of the office's IT."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import ssl
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from roomd.config.durable import make_folder, write_durably
from roomd.identity.ca import (
    Names,
    covered,
    fingerprint,
    make_csr,
    names_of,
    needs_another,
)
from roomd.identity.signing import CA_CERT, LEAF_CERT, LEAF_KEY

log = structlog.stdlib.get_logger(__name__)
OWN_CERT, OWN_KEY, OWN_CSR = "own.crt", "own.key", "own.csr"
"""What IT gave over `POST /api/v1/tls/cert`; the key was made here with the request."""
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2; all of TLS 1.3 is of this kind."""
WARN_DAYS: Final = (60, 30, 7)
PATIENCE: Final = 30.0
"""Seconds that signing may take."""
Source = Literal["room", "office"]


class BadCertificate(ValueError):
    """A certificate that cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Certificates:
    """See the module.

    Args:
        folder: `tls/` of the data folder.
        room: id, for the authority's name.
        configured: certificate and key that the room file names, or None.
    """

    folder: Path
    room: str
    configured: tuple[Path, Path] | None = None
    names: Names = field(default_factory=lambda: Names((), ()))
    problem: str = ""
    """Code of why the office's certificate is not used, or empty."""
    context: ssl.SSLContext | None = None
    source: Source = "room"
    serial: int = 0
    """Of what is served; 0 before."""
    _served: Path | None = None

    async def ensure(self, names: Names, now: dt.datetime, *, new_ca: bool = False) -> bool:
        """Have certificates for these names, and serve with them from now on; return whether anything changed.

        Open connections live on: the context that they were made with takes the new certificate for new ones.

        Raises:
            OSError: the folder cannot be written, or signing failed.
        """
        self.names = names
        own = self._office(now)
        if own is not None:
            return self._load(*own, "office")
        if new_ca or self._room_needs_another(names, now):
            await self._sign(names, now, new_ca=new_ca)
        return self._load(self.folder / LEAF_CERT, self.folder / LEAF_KEY, "room")

    def _room_needs_another(self, names: Names, now: dt.datetime) -> bool:
        try:
            ca = (self.folder / CA_CERT).read_bytes()
            leaf = (self.folder / LEAF_CERT).read_bytes()
            wanted = covered(ca, names)
            issued = x509.load_pem_x509_certificate(leaf)
            issued.verify_directly_issued_by(x509.load_pem_x509_certificate(ca))
            check_pair(leaf, (self.folder / LEAF_KEY).read_bytes())
        except (OSError, ValueError, TypeError, BadCertificate):
            return True
        except Exception:  # noqa: BLE001  # a signature that does not fit has an exception class of its own
            return True
        return needs_another(leaf, wanted, now)

    async def _sign(self, names: Names, now: dt.datetime, *, new_ca: bool) -> None:
        wanted = {
            "room": self.room,
            "hosts": names.hosts,
            "addresses": names.addresses,
            "networks": names.networks,
            "now": now.timestamp(),
            "new_ca": new_ca,
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "roomd.identity.signing", str(self.folder)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                _, said = await process.communicate(json.dumps(wanted).encode())
        except TimeoutError:
            process.kill()
            await process.wait()
            raise OSError("signing took too long") from None
        if process.returncode:
            last = said.decode(errors="replace").strip().splitlines()[-1:]
            raise OSError("".join(last) or "signing failed")
        log.info("tls.issued", names=[*names.hosts, *names.addresses])

    # -- the office's own -----------------------------------------------------------------------------------------

    def _office(self, now: dt.datetime) -> tuple[Path, Path] | None:
        """Return the office's certificate and key where they can be used; `problem` says why not."""
        self.problem = ""
        given = self.folder / OWN_CERT, self.folder / OWN_KEY
        pair = self.configured or (given if given[0].exists() else None)
        if pair is None:
            return None
        try:
            check_pair(*(path.read_bytes() for path in pair))
            _check_dates(pair[0].read_bytes(), now)
        except BadCertificate as error:
            self.problem = error.code
        except OSError:
            self.problem = "tls.unreadable"
        if self.problem:
            log.error("tls.office_unusable", code=self.problem, file=str(pair[0]))
        return None if self.problem else pair

    def request(self) -> bytes:
        """Make a key and the request for it, and keep both; return the request, PEM.

        Raises:
            OSError: they cannot be kept.
        """
        make_folder(self.folder)
        made = make_csr(self.names)
        write_durably(self.folder / f"{OWN_KEY}.new", made.key)
        write_durably(self.folder / OWN_CSR, made.cert)
        return made.cert

    def take(self, chain: bytes) -> None:
        """Take the certificate that IT made of the last request; `ensure` goes over to it.

        Raises:
            BadCertificate: it is none, or not of that request's key.
            OSError: it cannot be kept.
        """
        for name in (f"{OWN_KEY}.new", OWN_KEY):
            path = self.folder / name
            if path.exists():
                check_pair(chain, path.read_bytes())
                write_durably(self.folder / OWN_KEY, path.read_bytes())
                write_durably(self.folder / OWN_CERT, chain)
                (self.folder / f"{OWN_KEY}.new").unlink(missing_ok=True)
                return
        raise BadCertificate("tls.no_request")

    # -- what is served -------------------------------------------------------------------------------------------

    def _load(self, cert: Path, key: Path, source: Source) -> bool:
        before = (self.source, self.serial)
        if self.context is None:
            self.context = make_context()
        self.context.load_cert_chain(cert, key)
        self._served, self.source = cert, source
        self.serial = x509.load_pem_x509_certificate(cert.read_bytes()).serial_number
        return before != (self.source, self.serial)

    def ca(self) -> bytes | None:
        """Return the room's own authority, PEM; None while there is none."""
        return self._read(self.folder / CA_CERT)

    def status(self, now: dt.datetime) -> dict[str, Any]:
        """Return what is served, until when, and for which names, ready for JSON."""
        served, ca = self._read(self._served), self.ca()
        if served is None:
            return {"served": False, "problem": self.problem or None}
        found = x509.load_pem_x509_certificate(served)
        good_for = names_of(served)
        wanted = [*self.names.hosts, *self.names.addresses]
        return {
            "served": True,
            "source": self.source,
            "issuer": found.issuer.rfc4514_string(),
            "names": sorted(good_for),
            "missing": [name for name in wanted if name not in good_for],
            "not_before": found.not_valid_before_utc.isoformat(),
            "not_after": found.not_valid_after_utc.isoformat(),
            "days": (found.not_valid_after_utc - now).days,
            "fingerprint": fingerprint(served),
            "ca_fingerprint": None if ca is None else fingerprint(ca),
            "ca": None if ca is None else ca.decode(),
            "problem": self.problem or None,
        }

    @staticmethod
    def _read(path: Path | None) -> bytes | None:
        try:
            return None if path is None else path.read_bytes()
        except OSError:
            return None


def make_context() -> ssl.SSLContext:
    """Return how the room speaks TLS: 1.2 and 1.3, forward secret, authenticated encryption alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


def check_pair(chain: bytes, key: bytes) -> None:
    """Refuse a certificate that does not belong to a key, or whose chain is out of order.

    Raises:
        BadCertificate: `tls.no_certificate`, `tls.no_key`, `tls.mismatch` or `tls.order`.
    """
    try:
        certs = x509.load_pem_x509_certificates(chain)
    except ValueError:
        raise BadCertificate("tls.no_certificate") from None
    try:
        private = serialization.load_pem_private_key(key, None)
    except (ValueError, TypeError):
        raise BadCertificate("tls.no_key") from None
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if certs[0].public_key().public_bytes(*form) != private.public_key().public_bytes(*form):
        raise BadCertificate("tls.mismatch")
    for below, above in pairwise(certs):
        if below.issuer != above.subject:
            raise BadCertificate("tls.order")


def _check_dates(chain: bytes, now: dt.datetime) -> None:
    found = x509.load_pem_x509_certificate(chain)
    if now > found.not_valid_after_utc:
        raise BadCertificate("tls.expired")
    if now < found.not_valid_before_utc:
        raise BadCertificate("tls.not_yet")
