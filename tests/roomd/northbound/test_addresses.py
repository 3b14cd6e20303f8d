"""Own addresses come from the kernel."""

from __future__ import annotations

import ipaddress
import socket

import psutil
import pytest

from roomd.northbound.addresses import own_addresses


def test_a_named_address_stays() -> None:
    assert own_addresses("127.0.0.1") == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])
def test_everywhere_means_the_addresses_of_the_network(host: str) -> None:
    every = {
        a.address
        for addresses in psutil.net_if_addrs().values()
        for a in addresses
        if a.family == socket.AF_INET
    }
    outside = {a for a in every if not ipaddress.ip_address(a).is_loopback}
    assert set(own_addresses(host)) <= every
    assert own_addresses(host)
    if outside:
        assert set(own_addresses(host)) <= outside
