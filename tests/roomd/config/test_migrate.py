from roomd.config.migrate import migrated
from roomd.config.nodes import Entry, Mapping, plain
from roomd.config.yaml_reader import Budget, read_text


def tree(text: str) -> Mapping:
    root = read_text(text.encode(), "f", (), Budget())
    assert isinstance(root, Mapping)
    return root


def renamed(root: Mapping) -> Mapping:
    """Turn `appliances` into `devices`: what a step of a later version may look like."""
    entries = {"devices" if k == "appliances" else k: e for k, e in root.entries.items()}
    return Mapping(root.place, {k: Entry(e.key_place, e.node) for k, e in entries.items()})


STEPS = {"room/0": ("room/1", renamed), "room/1": ("room/2", lambda root: root)}


def test_an_older_version_goes_through_all_steps_and_keeps_its_places() -> None:
    root = migrated(tree("schema: room/0\nappliances: {a: 1}\n"), STEPS, "room/2")
    assert plain(root) == {"schema": "room/2", "devices": {"a": 1}}
    assert root.entries["devices"].key_place.line == 2


def test_the_newest_an_unknown_and_a_missing_version_stay_as_they_are() -> None:
    for text in ("schema: room/2\n", "schema: room/9\n", "a: 1\n", "schema: [1]\n"):
        root = tree(text)
        assert migrated(root, STEPS, "room/2") is root


def test_steps_that_go_in_a_circle_end() -> None:
    circle = {"a": ("b", lambda root: root), "b": ("a", lambda root: root)}
    assert plain(migrated(tree("schema: a\n"), circle, "c")) is not None
