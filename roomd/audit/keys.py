"""The record's keys on disk: the current epoch key, of which no earlier one can be found, and the signing key.

The epoch key has one generation only: an old copy would undo what it is for. Overwriting on flash is not certain.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from roomd.audit.chain import KEY_SIZE
from roomd.config.durable import sync_folder, write_durably


@dataclass(frozen=True, slots=True)
class EpochKey:
    """The key of one epoch."""

    epoch: int
    key: bytes


def fresh_key() -> bytes:
    """Return a new first key."""
    return secrets.token_bytes(KEY_SIZE)


def load_epoch_key(path: Path) -> EpochKey | None:
    """Return the current key, or None where there is none, or none that can be read."""
    try:
        kept = json.loads(path.read_bytes())
        key = bytes.fromhex(kept["key"])
        epoch = int(kept["epoch"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return EpochKey(epoch, key) if len(key) == KEY_SIZE else None


def store_epoch_key(path: Path, key: EpochKey) -> None:
    """Put `key` in the place of the current one, and overwrite that one.

    Raises:
        OSError: the old key is still the current one.
    """
    old = path.with_name(f".{path.name}.old")
    old.unlink(missing_ok=True)
    if path.exists():
        os.link(path, old)
    write_durably(path, json.dumps({"epoch": key.epoch, "key": key.key.hex()}).encode())
    if old.exists():
        with old.open("r+b") as file:
            file.write(bytes(old.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        old.unlink()
        sync_folder(path.parent)


class Signer:
    """Signs anchors, checkpoints and exports: Ed25519."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def of(cls, path: Path) -> Signer:
        """Read the key, or make one where there is none."""
        if path.exists():
            return cls(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
        key = Ed25519PrivateKey.generate()
        write_durably(path, key.private_bytes_raw())
        return cls(key)

    @property
    def public(self) -> str:
        """Return the public key, 64 hex digits; it stands in the record's first row."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """Return the signature, base64 for addresses."""
        return base64.urlsafe_b64encode(self._key.sign(message)).decode()


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Return whether `signature` is that of the key `public` (hex) over `message`."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(base64.urlsafe_b64decode(signature), message)
    except (ValueError, InvalidSignature):
        return False
    return True
