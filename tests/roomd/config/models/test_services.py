import pytest
from pydantic import ValidationError

from roomd.config.models.services import Broker, Web


def test_a_broker_by_name_or_address() -> None:
    hosts = ["Broker.Local", "10.0.0.1", "fe80::1", "[fe80::1]"]
    found = [Broker.model_validate_json(f'{{"host": "{host}"}}').host for host in hosts]
    assert found == ["broker.local", "10.0.0.1", "fe80::1", "fe80::1"]


def test_own_addresses_are_addresses() -> None:
    assert Web.model_validate_json('{"listen": ["10.0.0.1", "::1"]}').listen == ["10.0.0.1", "::1"]
    with pytest.raises(ValidationError) as caught:
        Web.model_validate_json('{"listen": ["eth0"]}')
    assert caught.value.errors()[0]["type"] == "bad_ip"


def test_host_names_are_host_names() -> None:
    with pytest.raises(ValidationError):
        Web.model_validate_json('{"names": ["bad name"]}')
