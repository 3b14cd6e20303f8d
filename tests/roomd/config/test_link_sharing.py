import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.device import LinkDefaults
from roomd.config.link_sharing import Links, PortMissing, resolve
from roomd.config.models import LinkEntry
from roomd.config.places import Place

DEFAULTS = LinkDefaults(port=4352, baud=9600, format="8N1", gap=0.02)


def entry(text: str) -> LinkEntry:
    return LinkEntry.model_validate_json(text)


@pytest.mark.parametrize(
    "written, endpoint, host, port",
    [
        ('{"tcp": "Proj.Local"}', "tcp:proj.local:4352", "proj.local", 4352),
        ('{"tcp": "10.0.0.5:23"}', "tcp:10.0.0.5:23", "10.0.0.5", 23),
        ('{"udp": "[FE80::1]:9"}', "udp:[fe80::1]:9", "fe80::1", 9),
        ('{"http": "http://Box.local/"}', "http://box.local", "", 0),
        ('{"port": {"vid_pid": "0403:6001"}}', "serial:vid_pid:0403:6001", "", 0),
        ('{"port": {"path": "/dev/serial/by-path/x"}}', "serial:by_path:x", "", 0),
        ('{"port": {"path": "/dev/ttyS0"}}', "serial:path:/dev/ttyS0", "", 0),
    ],
)
def test_an_endpoint_has_one_spelling(written: str, endpoint: str, host: str, port: int) -> None:
    config = resolve("n", entry(written), DEFAULTS)
    assert (config.endpoint, config.host, config.port) == (endpoint, host, port)


def test_line_settings_come_from_the_driver_unless_written() -> None:
    config = resolve("n", entry('{"port": {"by_id": "a"}, "baud": 2400}'), DEFAULTS)
    assert (config.baud, config.format, config.gap) == (2400, "8N1", 0.02)


def test_no_link_is_the_broker() -> None:
    assert resolve("n", None, DEFAULTS).endpoint == "mqtt"


def test_a_port_is_needed_where_the_driver_has_none() -> None:
    with pytest.raises(PortMissing):
        resolve("n", entry('{"tcp": "a"}'), LinkDefaults())


def test_a_written_gap_wins_over_the_drivers_whoever_comes_first() -> None:
    links = Links()
    serial = '{"port": {"by_id": "a"}'
    at = Place("f", 1, 1)
    links.join("a", entry(serial + "}"), LinkDefaults(gap=0.5), at)
    _, conflict = links.join("b", entry(serial + ', "gap": "50ms"}'), LinkDefaults(), at)
    links.join("c", entry(serial + "}"), LinkDefaults(gap=0.9), at)
    assert conflict is None
    assert links.configs["serial:by_id:a"].gap == 0.05


@pytest.fixture
def tty() -> Iterator[str]:
    """A serial port that is there."""
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_two_names_of_one_port_are_one_line(tmp_path: Path, tty: str) -> None:
    named = tmp_path / "by-name"
    named.symlink_to(tty)
    links = Links()
    first, other = entry(port(named)), entry(port(tty))
    assert links.join("a", first, DEFAULTS, PLACE)[1] is None
    config, conflict = links.join("b", other, DEFAULTS, PLACE)
    assert (config.endpoint, conflict) == (f"serial:path:{named}", None)
    slow = entry(port(tty, ', "baud": 2400'))
    assert links.join("c", slow, DEFAULTS, PLACE)[1] == ("baud", PLACE)
    assert list(links.configs) == [f"serial:path:{named}"]


def test_ports_that_are_not_there_are_told_apart_by_name() -> None:
    links = Links()
    for name in ("a", "b"):
        links.join(name, entry(port(f"/dev/no-such-{name}")), DEFAULTS, PLACE)
    assert len(links.configs) == 2


def port(path: object, more: str = "") -> str:
    return f'{{"port": {{"path": "{path}"}}{more}}}'


PLACE = Place("room.yaml", 1, 1)
