"""Name -> driver, from the explicit table, definitions, a site and third parties."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest
from structlog.testing import capture_logs

from drivers import declarative, registry
from drivers.spec import DriverSpec


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    registry.add_site({})


@pytest.mark.parametrize("driver_id", sorted(registry.BUILT_IN))
def test_every_line_of_the_table_leads_to_a_driver_of_that_name(driver_id: str) -> None:
    spec = registry.find(driver_id)
    assert spec is not None
    assert spec.id == driver_id
    assert registry.find(driver_id) is spec
    assert registry.origin(driver_id) == "built-in"
    assert {"zh", "en"} <= spec.name.keys()
    assert spec.transports
    assert spec.simulator is not None


@pytest.mark.parametrize("driver_id", sorted(declarative.definitions()))
def test_every_definition_is_a_driver(driver_id: str) -> None:
    spec = registry.find(driver_id)
    assert spec is not None
    assert spec.id == driver_id
    assert registry.origin(driver_id) == "definition"


def test_the_ids_are_sorted_and_complete() -> None:
    ids = registry.ids()
    assert ids == sorted(set(ids))
    assert {*registry.BUILT_IN, *declarative.definitions()} <= set(ids)


def test_an_unknown_driver_is_none() -> None:
    assert registry.find("no_such_driver") is None


def test_a_sites_own_definition_wins_and_goes_with_the_site() -> None:
    built_in, other = registry.find("template"), registry.find("visca")
    assert other is not None
    registry.add_site({"template": other, "own": other})
    assert registry.find("template") is other
    assert registry.origin("template") == "site"
    assert "own" in registry.ids()
    registry.add_site({})
    assert registry.find("template") is built_in
    assert "own" not in registry.ids()


def third_parties(monkeypatch: pytest.MonkeyPatch, **places: str) -> None:
    entries = [EntryPoint(name, place, "roomd.drivers") for name, place in places.items()]
    monkeypatch.setattr(registry, "entry_points", lambda **_: entries)
    registry._loaded.pop("template_of_theirs", None)


def test_third_parties_join_by_their_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    third_parties(monkeypatch, theirs="drivers._template:DRIVER", nonsense="drivers.clock:deadline")
    assert list(registry._third_party()) == ["template"]
    assert isinstance(registry._third_party()["template"], DriverSpec)
    assert registry.find("theirs") is None


def test_a_third_party_that_does_not_load_takes_nobody_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    third_parties(monkeypatch, broken="no_such_package:DRIVER", also="drivers.clock:NoSuchThing")
    with capture_logs() as logs:
        assert "template" in registry.ids()
        assert registry.find("no_such_driver") is None
    assert {entry["driver"] for entry in logs} == {"broken", "also"}
