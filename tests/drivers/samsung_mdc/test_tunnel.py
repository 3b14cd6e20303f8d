"""Two ends of one TLS connection, without a socket."""

from __future__ import annotations

import hashlib
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.samsung_mdc.certificate import server_context
from drivers.samsung_mdc.tunnel import Tunnel, client_context

SERVER = server_context(1)


def joined(size: int = 0) -> tuple[Tunnel, Tunnel]:
    """Return both ends when they have agreed; `size` bytes go at once, 0: all."""
    client, server = Tunnel(client_context(), server=False), Tunnel(SERVER, server=True)
    waiting = {client: client.feed(b"")[1], server: b""}
    other = {client: server, server: client}
    while any(waiting.values()):
        for end in (client, server):
            data, waiting[end] = waiting[end], b""
            for place in range(0, len(data), size or max(1, len(data))):
                piece = data[place : place + size] if size else data
                said, answer = other[end].feed(piece)
                assert said == b""
                waiting[other[end]] += answer
    assert client.ready
    assert server.ready
    return client, server


def test_both_ends_agree_and_the_client_sees_the_certificate() -> None:
    client, server = joined()
    der = ssl.PEM_cert_to_DER_cert(ssl.DER_cert_to_PEM_cert(client.certificate))
    assert hashlib.sha256(der).hexdigest() == hashlib.sha256(client.certificate).hexdigest()
    assert len(client.certificate) > 100
    assert server.certificate == b""


@given(st.lists(st.binary(min_size=1, max_size=400), max_size=5), st.integers(1, 100))
def test_what_goes_in_comes_out_however_it_is_cut(texts: list[bytes], size: int) -> None:
    client, server = joined()
    wire = b"".join(client.seal(text) for text in texts)
    heard = b""
    for place in range(0, len(wire), size):
        said, answer = server.feed(wire[place : place + size])
        heard += said
        assert answer == b""
    assert heard == b"".join(texts)


def test_it_agrees_byte_by_byte() -> None:
    client, server = joined(size=1)
    assert server.feed(client.seal(b"hello"))[0] == b"hello"
    assert client.feed(server.seal(b"world"))[0] == b"world"


def test_what_is_no_tls_is_an_error() -> None:
    client = Tunnel(client_context(), server=False)
    client.feed(b"")
    with pytest.raises(ValueError, match="TLS"):
        client.feed(b"\xaa\xff\x01\x03\x41\x11\x01\x56" * 10)
    assert not client.ready


def test_a_changed_byte_is_an_error() -> None:
    client, server = joined()
    wire = bytearray(client.seal(b"hello"))
    wire[-1] ^= 0x80
    with pytest.raises(ValueError, match="TLS"):
        server.feed(bytes(wire))


def test_a_goodbye_ends_it_after_what_was_said() -> None:
    client, server = joined()
    wire = client.seal(b"last words") + client.close()
    said, _ = server.feed(wire)
    assert said == b"last words"
    assert server.ended
    assert not client.ended


def test_old_versions_are_not_spoken() -> None:
    assert client_context().minimum_version is ssl.TLSVersion.TLSv1_2
