"""The certificate of a simulated display."""

from __future__ import annotations

import ssl

from cryptography import x509

from drivers.samsung_mdc.certificate import server_context
from drivers.samsung_mdc.tunnel import Tunnel, client_context


def shown(context: ssl.SSLContext) -> bytes:
    client, server = Tunnel(client_context(), server=False), Tunnel(context, server=True)
    hello = client.feed(b"")[1]
    client.feed(server.feed(hello)[1])
    return client.certificate


def test_it_is_the_same_after_a_restart_and_another_one_for_another_number() -> None:
    first = shown(server_context(1))
    assert len(first) > 100
    assert shown(server_context(1)) == first
    assert shown(server_context(2)) != first


def test_it_signs_itself() -> None:
    certificate = x509.load_der_x509_certificate(shown(server_context(1)))
    certificate.verify_directly_issued_by(certificate)
    assert certificate.not_valid_after_utc.year > 2090
