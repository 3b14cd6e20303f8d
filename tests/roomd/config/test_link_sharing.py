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
