from pathlib import Path

from roomd.config.top_level import named
from tests.support.rooms import read


def test_a_zone_names_devices_that_exist(tmp_path: Path) -> None:
    text = """devices: {tv.main: {driver: display_x, link: {tcp: tv}, name: {zh: a, en: b}}}
zones: {z: {name: {zh: 区, en: Z}, devices: [tv.main, tv.mian]}}
"""
    (problem,) = read(tmp_path, text).errors
    assert (problem.code, problem.dotted) == ("unknown_device", "zones.z.devices[1]")
    assert problem.params == {"device": "tv.mian", "suggestion": "tv.main"}
    assert (problem.place.line, problem.place.column) == (4, 54)


def test_where_nothing_is_near_nothing_is_suggested() -> None:
    assert named("x", ["lights.table"]) == {"device": "x"}
