"""Paired tablets and displays: each has a token of its own, of which only the hash is kept, until it is revoked."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from drivers.clock import Clock
from roomd.config.durable import make_folder, write_durably

log = structlog.stdlib.get_logger(__name__)
Kind = Literal["presenter", "display"]
LASTS: Final = 180 * 86_400.0
"""Seconds without being seen after which a tablet must be paired anew."""
SAVE_EVERY: Final = 3600.0
"""Seconds between two notes on the disk of when a device was seen."""
_SCRYPT: Final = {"n": 2**12, "r": 8, "p": 1}
"""Some 10 ms: a PIN is short, tries are few, and the event loop waits."""


class Device(BaseModel):
    """One paired device."""

    model_config = ConfigDict(extra="forbid")

    id: str
    """Short, public: `d` and hex digits."""
    kind: Kind
    name: str
    key: dict[str, str] | None = None
    """Public P-256 key as JWK (`kty`, `crv`, `x`, `y`); None: the token alone counts."""
    pin: str = ""
    """Salted hash of its PIN, or empty."""
    paired: float
    seen: float
    """Wall time, seconds since 1970."""


_KEPT: Final = TypeAdapter(dict[str, Device])


class BadKey(ValueError):
    """A public key that is none."""


@dataclass
class Devices:
    """The paired devices of one installation.

    Args:
        clock: its wall time.
        path: where they are kept, or None for memory alone.
    """

    clock: Clock
    path: Path | None
    by_token: dict[str, Device] = field(default_factory=dict[str, Device])
    """SHA-256 of the token, in hex -> device."""
    _saved: float = 0.0

    def __post_init__(self) -> None:
        if self.path is None or not self.path.exists():
            return
        try:
            self.by_token = _KEPT.validate_json(self.path.read_bytes())
        except ValidationError:
            # Put aside: tablets are paired anew, nobody gets in by what cannot be read.
            log.error("devices.broken", file=str(self.path))  # noqa: TRY400  # its content is nobody's business
            self.path.replace(self.path.with_suffix(".broken"))

    def pair(self, kind: Kind, name: str, key: dict[str, str] | None) -> tuple[str, Device]:
        """Take a device in; return its token, in clear and only now, and what is kept of it.

        Raises:
            BadKey: the key is no point of P-256.
            OSError: it cannot be kept.
        """
        if key is not None:
            _public(key)
        token, now = secrets.token_urlsafe(32), self.clock.wall()
        device = Device(
            id="d" + secrets.token_hex(4), kind=kind, name=name, key=key, paired=now, seen=now
        )
        self.by_token[digest(token)] = device
        self.save()
        return token, device

    def find(self, token: str) -> tuple[str, Device] | None:
        """Return the hash of a token and its device, where it still counts; it has been seen now."""
        hashed = digest(token)
        device = self.live(hashed)
        if device is None:
            return None
        device.seen = self.clock.wall()
        if device.seen - self._saved > SAVE_EVERY:
            self.save()
        return hashed, device

    def live(self, hashed: str) -> Device | None:
        """Return the device of a token's hash, unless it was not seen for too long."""
        device = self.by_token.get(hashed)
        if device is None or (
            device.kind == "presenter" and self.clock.wall() - device.seen > LASTS
        ):
            return None
        return device

    def by_id(self, device_id: str) -> tuple[str, Device] | None:
        """Return the hash of a device's token, and the device."""
        return next(((t, d) for t, d in self.by_token.items() if d.id == device_id), None)

    def revoke(self, device_id: str) -> Device | None:
        """Forget a device; return it, or None where there is none of that id."""
        found = self.by_id(device_id)
        if found is None:
            return None
        del self.by_token[found[0]]
        self.save()
        return found[1]

    def set_pin(self, device: Device, pin: str) -> None:
        """Give a device a PIN; an empty one takes it away."""
        salt = secrets.token_hex(16)
        device.pin = f"{salt}:{_pin_hash(salt, pin)}" if pin else ""
        self.save()

    def pin_fits(self, device: Device, pin: str) -> bool:
        """Return whether that is the device's PIN; without one none fits."""
        salt, _, kept = device.pin.partition(":")
        return bool(kept) and secrets.compare_digest(_pin_hash(salt, pin), kept)

    def save(self) -> None:
        """Keep them on the disk."""
        self._saved = self.clock.wall()
        if self.path is not None:
            make_folder(self.path.parent)
            write_durably(self.path, _KEPT.dump_json(self.by_token, indent=1))


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def proves(key: dict[str, str], challenge: str, signature: str) -> bool:
    """Return whether a signature of a challenge was made with a device's key.

    Args:
        key: public JWK.
        challenge: what the server sent.
        signature: base64url of r and s, 32 bytes each, as WebCrypto's ECDSA with SHA-256 gives them (W3C Web
            Cryptography API, 23.7).
    """
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        if len(raw) != 64:
            return False
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        _public(key).verify(
            encode_dss_signature(r, s), signed_text(challenge), ec.ECDSA(hashes.SHA256())
        )
    except (ValueError, InvalidSignature):
        return False
    return True


def signed_text(challenge: str) -> bytes:
    """Return what a device signs: the challenge, under a name that no other signature has."""
    return f"roomd-device:1:{challenge}".encode()


def _public(key: dict[str, str]) -> ec.EllipticCurvePublicKey:
    if key.get("kty") != "EC" or key.get("crv") != "P-256":
        raise BadKey("kty or crv")
    try:
        x, y = (
            int.from_bytes(base64.urlsafe_b64decode(key[n] + "=" * (-len(key[n]) % 4)), "big")
            for n in ("x", "y")
        )
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except (KeyError, ValueError):
        raise BadKey("x or y") from None


def _pin_hash(salt: str, pin: str) -> str:
    return hashlib.scrypt(pin.encode(), salt=salt.encode(), **_SCRYPT).hex()
