import pytest
from pydantic import ValidationError

from roomd.config.models.links import LinkEntry, SerialPort, split_address


def kind_of_error(text: str) -> str:
    with pytest.raises(ValidationError) as caught:
        LinkEntry.model_validate_json(text)
    return caught.value.errors()[0]["type"]


@pytest.mark.parametrize(
    "text, transport",
    [
        ('{"port": {"usb_serial": "A1"}}', "serial"),
        ('{"tcp": "a:1"}', "tcp"),
        ('{"udp": "a"}', "udp"),
        ('{"http": "https://a:8443"}', "http"),
    ],
)
def test_a_link_is_of_one_kind(text: str, transport: str) -> None:
    assert LinkEntry.model_validate_json(text).transport == transport


@pytest.mark.parametrize(
    "text, kind",
    [
        ("{}", "link_form"),
        ('{"tcp": "a", "udp": "a"}', "link_form"),
        ('{"tcp": "a", "baud": 9600}', "serial_only"),
        ('{"udp": "a", "local_echo": true}', "serial_only"),
        ('{"http": "http://a", "format": "8N1"}', "serial_only"),
        ('{"port": {}}', "port_form"),
        ('{"port": {"by_id": "a", "path": "/dev/x"}}', "port_form"),
        ('{"port": "/dev/ttyS0"}', "port_form"),
        ('{"port": "rfc2217://h:1"}', "rfc2217"),
        ('{"port": {"path": "RFC2217://h:1"}}', "rfc2217"),
        ('{"tcp": "rfc2217://h:1"}', "rfc2217"),
        ('{"tcp": "http://h"}', "bad_address"),
        ('{"tcp": "a:b"}', "bad_address"),
        ('{"tcp": "::1"}', "bad_address"),
        ('{"tcp": "a:0"}', "bad_port"),
        ('{"tcp": "a:65536"}', "bad_port"),
        ('{"http": "ftp://a"}', "bad_url"),
        ('{"http": "http://user:pass@a"}', "bad_url"),
        ('{"http": "http://a/path?x=1"}', "bad_url"),
        ('{"port": {"by_id": "a"}, "format": "9N1"}', "string_pattern_mismatch"),
        ('{"port": {"by_id": "a"}, "gap": 100}', "needs_unit"),
        ('{"port": {"by_id": "a"}, "gap": "11s"}', "less_than_equal"),
        ('{"port": {"by_id": "a b"}}', "string_pattern_mismatch"),
        ('{"port": {"vid_pid": "403:6001"}}', "string_pattern_mismatch"),
    ],
)
def test_what_is_no_link(text: str, kind: str) -> None:
    assert kind_of_error(text) == kind


def test_a_serial_server_may_have_an_echoing_adapter_behind_it() -> None:
    assert LinkEntry.model_validate_json('{"tcp": "a:1", "local_echo": true}').local_echo


@pytest.mark.parametrize(
    "text, identity",
    [
        ('{"by_id": "usb-A"}', "by_id:usb-A"),
        ('{"path": "/dev/serial/by-id/usb-A"}', "by_id:usb-A"),
        ('{"path": "/dev/serial/by-path/pci-1"}', "by_path:pci-1"),
        ('{"path": "/dev/ttyS1"}', "path:/dev/ttyS1"),
        ('{"vid_pid": "04A3:6001"}', "vid_pid:04a3:6001"),
        ('{"usb_serial": "A1"}', "usb_serial:A1"),
    ],
)
def test_a_port_has_one_identity(text: str, identity: str) -> None:
    assert SerialPort.model_validate_json(text).identity == identity


def test_addresses() -> None:
    assert split_address("A.Local:80") == ("a.local", 80)
    assert split_address("[fe80::1%eth0]:80") == ("fe80::1%eth0", 80)
    assert split_address("a") == ("a", None)
