import os
import shutil
from pathlib import Path

import pytest

from roomd.config.generations import KEPT, Generation, Generations, describe
from roomd.config.load import load
from roomd.errors import NoGeneration
from tests.support.rooms import TABLE, read


def keep(store: Generations, main: Path, n: int) -> Generation:
    files = {str(main): f"a: {n}\n".encode(), str(main.parent / "parts/b.yaml"): b"c: 1\n"}
    return store.keep(main, files, f"{n:064x}", float(n))


def test_ten_are_kept_the_newest_is_number_one(tmp_path: Path) -> None:
    store, main = Generations(tmp_path / "data"), tmp_path / "room.yaml"
    for n in range(14):
        keep(store, main, n)
    found = store.all()
    assert [g.number for g in found] == list(range(1, KEPT + 1))
    assert [g.kept for g in found] == [float(n) for n in range(13, 3, -1)]
    assert found[0].path.read_text() == "a: 13\n"
    assert (found[0].path.parent / "parts/b.yaml").read_text() == "c: 1\n"
    assert '"n": 1' in describe(found)


def test_the_same_configuration_is_not_kept_twice(tmp_path: Path) -> None:
    store, main = Generations(tmp_path), tmp_path / "room.yaml"
    keep(store, main, 1)
    assert keep(store, main, 1).number == 1
    assert len(store.all()) == 1


@pytest.mark.parametrize("damage", ["blank", "gone", "manifest", "extra text"])
def test_a_damaged_copy_is_passed_over(tmp_path: Path, damage: str) -> None:
    store, main = Generations(tmp_path), tmp_path / "room.yaml"
    keep(store, main, 1)
    newest = keep(store, main, 2)
    if damage == "blank":
        newest.path.write_bytes(b"")
    elif damage == "gone":
        newest.path.unlink()
    elif damage == "manifest":
        (newest.path.parent / "manifest.json").write_text("{")
    else:
        newest.path.write_text("a: 2\nb: 3\n")
    found = store.newest()
    assert found is not None
    assert (found.number, found.path.read_text()) == (2, "a: 1\n")
    with pytest.raises(NoGeneration):
        store.rollback(1)
    assert store.rollback(2) == found


def test_there_is_no_copy_at_first_and_none_outside_of_ten(tmp_path: Path) -> None:
    store = Generations(tmp_path)
    assert store.newest() is None
    for number in (0, 1, 11, -1):
        with pytest.raises(NoGeneration):
            store.rollback(number)


@pytest.mark.parametrize("moment", range(12))
def test_a_kill_at_any_rename_loses_no_copy_that_was_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    store, main = Generations(tmp_path), tmp_path / "room.yaml"
    for n in range(10):
        keep(store, main, n)
    done = 0
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done > moment:
            os._exit(9)
        return rename(self, target)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(Path, "rename", killed)
        keep(store, main, 10)
        os._exit(0)
    os.waitpid(child, 0)
    kept = [g.kept for g in store.all()]
    assert kept[0] in {9.0, 10.0}
    assert set(kept) >= {float(n) for n in range(1, 10)}
    # The next one works again, and no leftovers grow.
    keep(store, main, 11)
    newest = store.newest()
    assert newest is not None
    assert newest.kept == 11.0
    assert len(list((tmp_path / "config").iterdir())) <= KEPT


def test_a_file_outside_of_the_room_is_never_kept(tmp_path: Path) -> None:
    store = Generations(tmp_path)
    with pytest.raises(ValueError, match="outside"):
        store.keep(tmp_path / "a/room.yaml", {str(tmp_path / "x.yaml"): b""}, "0", 0.0)
    assert store.all() == []
    assert list((tmp_path / "config").iterdir()) == []


def test_a_copy_of_a_real_room_loads_again_with_the_secrets_of_its_old_place(
    tmp_path: Path,
) -> None:
    files = {"secrets.yaml": "mqtt: x\n", "devices.yaml": "{}\n"}
    text = "broker: {host: h, password: !secret mqtt}\ndevices: !include devices.yaml\n"
    result = read(tmp_path, text, files=files)
    store = Generations(tmp_path / "data")
    copy = store.keep(tmp_path / "room.yaml", result.files, result.sha256, 1.0)
    (tmp_path / "room.yaml").write_text("broken: [")
    again = load(copy.path, beside=tmp_path, table=TABLE, environment={})
    assert again.room is not None
    assert again.sha256 == result.sha256
    assert not list((tmp_path / "data").rglob("secrets*"))
    shutil.rmtree(tmp_path / "data")
