"""What is kept of devices."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomd.config.remembered import Remembered


def test_it_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    first = Remembered(path)
    assert dict(first) == {}
    first["tcp:10.0.0.5:1515 certificate"] = "ab"
    first["other"] = "x"
    del first["other"]
    again = Remembered(path)
    assert dict(again) == {"tcp:10.0.0.5:1515 certificate": "ab"}
    assert len(again) == 1
    assert again.pop("nothing", None) is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_written_only_when_something_changes(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    texts = Remembered(path)
    texts["a"] = "1"
    path.unlink()
    texts["a"] = "1"
    assert not path.exists()
    texts["a"] = "2"
    assert dict(Remembered(path)) == {"a": "2"}


@pytest.mark.parametrize("content", ["", "[1]", "{", '"text"', "\udcff"])
def test_what_cannot_be_read_is_as_if_it_were_not_there(tmp_path: Path, content: str) -> None:
    path = tmp_path / "devices.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert dict(Remembered(path)) == {}


def test_what_is_no_text_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    path.write_text('{"a": "1", "b": 2, "c": null}')
    assert dict(Remembered(path)) == {"a": "1"}


def test_what_cannot_be_written_holds_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "devices.json"
    texts = Remembered(path)
    texts["a"] = "1"
    assert texts["a"] == "1"
    assert not path.exists()
