"""One UDP port for all projectors, told apart by the sender's address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from drivers.errors import Unreachable
from drivers.pjlink import notices
from drivers.pjlink.notices import Listening, listen, overhear, towards
from tests.drivers.rig import eventually

Heard = list[tuple[bytes, str]]


@contextmanager
def projector(address: str, target: Listening) -> Iterator[socket.socket]:
    """Give a socket at an address of its own that says one thing to who listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, 0))
        sock.sendto(b"%2POWR=1\r", ("127.0.0.1", target.port))
        yield sock


def ear(into: Heard) -> notices.Hear:
    return lambda datagram, sender: into.append((datagram, sender))


async def test_two_projectors_share_the_port_and_hear_their_own() -> None:
    first: Heard = []
    second: Heard = []
    one = await listen("127.0.0.2", 0, ear(first))
    two = await listen("127.0.0.3", 0, ear(second))
    assert one.port == two.port
    with projector("127.0.0.2", one), projector("127.0.0.3", one):
        await eventually(lambda: len(first) + len(second) == 2)
    assert first == [(b"%2POWR=1\r", "127.0.0.2")]
    assert second == [(b"%2POWR=1\r", "127.0.0.3")]
    one.close()
    two.close()


async def test_a_stranger_is_counted_and_not_heard() -> None:
    heard: Heard = []
    one = await listen("127.0.0.2", 0, ear(heard))
    with projector("127.0.0.9", one):
        await eventually(lambda: one.shared.strangers == 1)
    assert heard == []
    one.close()


async def test_who_searches_hears_everybody() -> None:
    heard: Heard = []
    own: Heard = []
    one = await listen("127.0.0.2", 0, ear(own))
    all_ears = overhear("127.0.0.1", 0, ear(heard))
    assert all_ears.port == one.port
    with projector("127.0.0.2", one), projector("127.0.0.9", one):
        await eventually(lambda: len(heard) == 2)
    assert {sender for _, sender in heard} == {"127.0.0.2", "127.0.0.9"}
    assert len(own) == 1
    assert one.shared.strangers == 0
    one.close()
    all_ears.close()


async def test_many_datagrams_at_once_are_all_heard() -> None:
    heard: Heard = []
    one = await listen("127.0.0.2", 0, ear(heard))
    with projector("127.0.0.2", one) as sock:
        for _ in range(2 * notices.AT_ONCE):
            sock.sendto(b"%2INPT=31\r", ("127.0.0.1", one.port))
        await eventually(lambda: len(heard) == 2 * notices.AT_ONCE + 1)
    one.close()


async def test_the_last_one_closes_the_port() -> None:
    heard: Heard = []
    one = await listen("127.0.0.2", 0, ear(heard))
    two = await listen("127.0.0.2", 0, ear(heard))
    port = one.port
    one.close()
    one.close()
    with projector("127.0.0.2", two):
        await eventually(lambda: len(heard) == 1)
    two.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", port))
    assert notices._open_sockets() == {}


async def test_it_sends_from_the_port_on_which_it_listens() -> None:
    heard: Heard = []
    one = overhear("127.0.0.1", 0, ear(heard))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))
        far.settimeout(2)
        one.send(b"%2SRCH\r", far.getsockname())
        data, sender = far.recvfrom(100)
        assert (data, sender[1]) == (b"%2SRCH\r", one.port)
        far.sendto(b"%2ACKN=x\r", sender)
        await eventually(lambda: heard == [(b"%2ACKN=x\r", "127.0.0.1")])
    one.close()


async def test_nobody_where_a_question_went_disturbs_nothing() -> None:
    heard: Heard = []
    one = await listen("127.0.0.2", 0, ear(heard))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        place = gone.getsockname()
    one.send(b"%2SRCH\r", place)
    with projector("127.0.0.2", one):
        await eventually(lambda: len(heard) == 1)
    one.close()


async def test_a_taken_port_is_said() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(Unreachable, match=f"udp:{port}"):
            await listen("127.0.0.2", port, ear([]))
        with pytest.raises(Unreachable, match=f"udp:{port}"):
            overhear("127.0.0.1", port, ear([]))
    assert notices._open_sockets() == {}


def test_our_address_towards_another() -> None:
    assert towards("127.0.0.2") == "127.0.0.1"
