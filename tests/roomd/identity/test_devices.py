"""Paired devices: what is kept, how long they count, and the key behind a cookie."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from drivers.clock import VirtualClock
from roomd.identity.devices import LASTS, BadKey, Devices, proves, signed_text


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Tablet:
    """A browser with a key of its own, made as WebCrypto makes one."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        numbers = self._key.public_key().public_numbers()
        x, y = (b64(n.to_bytes(32, "big")) for n in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, challenge: str) -> str:
        der = self._key.sign(signed_text(challenge), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_a_token_is_its_devices_until_it_is_revoked(tmp_path: Path) -> None:
    clock = VirtualClock()
    devices = Devices(clock, tmp_path / "identity" / "devices.json")
    token, device = devices.pair("presenter", "平板一", None)
    found = devices.find(token)
    assert found is not None
    assert found[1] == device
    assert devices.find("x" + token) is None
    kept = (tmp_path / "identity" / "devices.json").read_text("utf-8")
    assert token not in kept
    again = Devices(clock, tmp_path / "identity" / "devices.json")
    assert again.find(token) is not None
    assert again.revoke(device.id) is not None
    assert again.find(token) is None
    assert again.revoke(device.id) is None
    assert Devices(clock, tmp_path / "identity" / "devices.json").find(token) is None


def test_a_tablet_counts_for_half_a_year_after_it_was_seen_and_a_display_for_ever() -> None:
    clock = VirtualClock()
    devices = Devices(clock, None)
    tablet, display = devices.pair("presenter", "t", None)[0], devices.pair("display", "d", None)[0]
    for _ in range(3):
        clock._now += LASTS - 1
        assert devices.find(tablet) is not None
    clock._now += LASTS + 1
    assert devices.find(tablet) is None
    assert devices.find(display) is not None


def test_a_broken_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    path.write_text("{", "utf-8")
    assert Devices(VirtualClock(), path).by_token == {}
    assert path.with_suffix(".broken").read_text("utf-8") == "{"


def test_a_signature_proves_the_key_for_its_challenge_alone() -> None:
    tablet, other = Tablet(), Tablet()
    signature = tablet.sign("nonce")
    assert proves(tablet.jwk, "nonce", signature)
    assert not proves(tablet.jwk, "another", signature)
    assert not proves(other.jwk, "nonce", signature)
    for bad in ("", "x", "ä", signature[:-4], signature + "AAAA", b64(bytes(64))):
        assert not proves(tablet.jwk, "nonce", bad)


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"x": "AA"},
        {"x": "not base64 at all!"},
        {"y": b64(bytes(32))},
        {"y": ""},
    ],
)
def test_a_key_that_is_none_is_not_taken(change: dict[str, str]) -> None:
    devices = Devices(VirtualClock(), None)
    with pytest.raises(BadKey):
        devices.pair("presenter", "t", {**Tablet().jwk, **change})
    with pytest.raises(BadKey):
        devices.pair("presenter", "t", {"kty": "EC", "crv": "P-256"})
    assert devices.by_token == {}


def test_a_pin_is_kept_as_a_hash_and_none_fits_where_none_is() -> None:
    devices = Devices(VirtualClock(), None)
    _, device = devices.pair("presenter", "t", None)
    assert not devices.pin_fits(device, "")
    devices.set_pin(device, "4711")
    assert "4711" not in device.pin
    assert devices.pin_fits(device, "4711")
    assert not devices.pin_fits(device, "4712")
    devices.set_pin(device, "")
    assert not devices.pin_fits(device, "4711")
