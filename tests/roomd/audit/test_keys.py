"""Keys on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.audit.keys import EpochKey, Signer, fresh_key, is_signed, load_epoch_key, store_epoch_key


def test_a_key_is_kept_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "epoch.key"
    assert load_epoch_key(path) is None
    first, second = EpochKey(3, fresh_key()), EpochKey(4, fresh_key())
    store_epoch_key(path, first)
    assert load_epoch_key(path) == first
    store_epoch_key(path, second)
    assert load_epoch_key(path) == second
    assert [p.name for p in tmp_path.iterdir()] == ["epoch.key"]


@pytest.mark.parametrize(
    "text", ["", "{}", '{"epoch": 1, "key": "00"}', '{"epoch": "x", "key": "zz"}', "[]"]
)
def test_what_cannot_be_read_is_no_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "epoch.key"
    path.write_text(text)
    assert load_epoch_key(path) is None


def test_the_signing_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "sign.key"
    signer, again = Signer.of(path), Signer.of(path)
    assert signer.public == again.public
    assert path.stat().st_mode & 0o777 == 0o600
    signature = signer.sign(b"message")
    assert is_signed(again.public, b"message", signature)
    assert not is_signed(again.public, b"another", signature)
    assert not is_signed("zz", b"message", signature)
    assert not is_signed(again.public, b"message", "no base64!")
