from roomd.config.known_keys import branches, known_keys, nearest
from roomd.config.models import RoomFile


def test_keys_are_found_through_mappings_lists_and_alternatives() -> None:
    assert "schema" in known_keys(RoomFile, ())
    assert "gap" in known_keys(RoomFile, ("links", "bus"))
    assert "tcp" in known_keys(RoomFile, ("devices", "lift.main", "link"))
    assert known_keys(RoomFile, ("plan", "doors", 0)) == ["contact", "name", "wall"]
    assert "password" in known_keys(RoomFile, ("broker",))
    assert known_keys(RoomFile, ("language", "x")) == []
    assert known_keys(RoomFile, ("nothing", "x")) == []


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert nearest("optoins", ["options", "name"]) == "options"
    assert nearest("Options", ["options"]) == "options"
    assert nearest("zzz", ["options"]) is None


def test_branches_take_unions_apart() -> None:
    assert set(branches(int | str | None)) == {int, str, type(None)}
