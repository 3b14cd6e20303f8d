import os
import stat
from pathlib import Path

import pytest

from roomd.config.durable import FolderInUse, lock_folder, make_folder, write_durably


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")
    write_durably(file, b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("call", ["fsync", "fchmod"])
def test_where_writing_fails_the_old_file_stays_and_nothing_is_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(5, "EIO")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="EIO"):
        write_durably(file, b"new")
    assert file.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.yaml"]


def test_content_is_synced_before_the_name_and_the_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", rename)
    write_durably(tmp_path / "a", b"x")
    assert steps == ["file", "rename", "folder"]


def test_folders_are_private(tmp_path: Path) -> None:
    make_folder(tmp_path / "a/b")
    make_folder(tmp_path / "a/b")
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700


def test_a_folder_belongs_to_one_process_until_it_ends(tmp_path: Path) -> None:
    first = lock_folder(tmp_path)
    with pytest.raises(FolderInUse):
        lock_folder(tmp_path)
    os.close(first)  # as the kernel does for a process that is killed
    os.close(lock_folder(tmp_path))
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


def test_a_folder_that_is_not_there_cannot_be_taken(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such"):
        lock_folder(tmp_path / "no-such")
