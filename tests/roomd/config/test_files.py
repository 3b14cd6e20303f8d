from pathlib import Path

import pytest

from roomd.config.files import inside, read_bytes
from roomd.config.places import Place, Unreadable
from roomd.config.raw_checks import MAX_BYTES

AT = Place("room.yaml", 3, 4)


def test_no_more_than_one_byte_too_many_is_read(tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    file.write_bytes(b"x" * (MAX_BYTES + 100))
    assert len(read_bytes(file, AT, ())) == MAX_BYTES + 1


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o610, 0o601])
def test_a_private_file_must_be_its_owners_alone(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("a: b\n")
    file.chmod(mode)
    with pytest.raises(Unreadable) as caught:
        read_bytes(file, AT, ("broker",), private=True)
    assert caught.value.problem.code == "secrets_mode"
    assert caught.value.problem.place == AT
    assert read_bytes(file, AT, ())


def test_a_device_file_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read_bytes(Path("/dev/zero"), AT, ())
    assert caught.value.problem.code == "not_a_file"


def test_inside_follows_links(tmp_path: Path) -> None:
    folder = tmp_path / "room"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    assert inside(folder, folder / "a.yaml")
    assert not inside(folder, folder / "out/a.yaml")
    assert not inside(folder, tmp_path / "roomy/a.yaml")
