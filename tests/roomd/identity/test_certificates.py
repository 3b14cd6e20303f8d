"""Which certificate is served, when it changes, and what is wrong with one from outside."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from roomd.identity.ca import Names, Pair, issue, make_ca, make_csr
from roomd.identity.certificates import BadCertificate, Certificates, check_pair

NAMES = Names(("r1.local",), ("127.0.0.1",))
NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


async def test_the_first_start_makes_an_authority_and_later_ones_keep_it(tmp_path: Path) -> None:
    first = Certificates(tmp_path / "tls", "r1")
    assert await first.ensure(NAMES, NOW)
    assert not await first.ensure(NAMES, NOW)
    again = Certificates(tmp_path / "tls", "r1")
    await again.ensure(NAMES, NOW)
    assert again.serial == first.serial
    status = again.status(NOW)
    assert (status["served"], status["source"], status["days"], status["missing"]) == (
        True,
        "room",
        397,
        [],
    )
    assert "key" not in "".join(status).lower()


async def test_a_new_name_and_age_bring_a_new_leaf_of_the_same_authority(tmp_path: Path) -> None:
    found = Certificates(tmp_path, "r1")
    await found.ensure(NAMES, NOW)
    serial, ca = found.serial, found.ca()
    assert await found.ensure(Names(("r1.local", "r9.local"), NAMES.addresses), NOW)
    assert found.serial != serial
    serial = found.serial
    wanted = Names(("r1.local", "r9.local"), NAMES.addresses)
    assert await found.ensure(wanted, NOW + dt.timedelta(days=300))
    assert (found.serial != serial, found.ca() == ca) == (True, True)
    assert await found.ensure(wanted, NOW, new_ca=True)
    assert found.ca() != ca


async def test_an_address_outside_the_constraints_is_told_and_the_rest_served(
    tmp_path: Path,
) -> None:
    found = Certificates(tmp_path, "r1")
    await found.ensure(NAMES, NOW)
    await found.ensure(Names(("r1.local",), ("127.0.0.1", "10.77.0.1")), NOW)
    assert found.status(NOW)["missing"] == ["10.77.0.1"]


@pytest.mark.parametrize("broken", ["ca.crt", "leaf.crt", "leaf.key"])
async def test_a_damaged_file_is_made_anew(tmp_path: Path, broken: str) -> None:
    found = Certificates(tmp_path, "r1")
    await found.ensure(NAMES, NOW)
    (tmp_path / broken).write_text("damaged")
    if broken == "ca.crt":
        (tmp_path / "ca.key").unlink()
    await found.ensure(NAMES, NOW)
    assert found.status(NOW)["missing"] == []


def office(now: dt.datetime = NOW) -> tuple[Pair, Pair]:
    ca = make_ca("office", NAMES)
    return ca, issue(ca, NAMES, now)


async def test_the_offices_certificate_is_used_where_it_can_be(tmp_path: Path) -> None:
    ca, leaf = office()
    cert, key = tmp_path / "own.crt", tmp_path / "own.key"
    cert.write_bytes(leaf.cert + ca.cert)
    key.write_bytes(leaf.key)
    found = Certificates(tmp_path / "tls", "r1", (cert, key))
    await found.ensure(NAMES, NOW)
    assert (found.source, found.problem) == ("office", "")
    await found.ensure(NAMES, NOW + dt.timedelta(days=500))
    assert (found.source, found.problem) == ("room", "tls.expired")
    await found.ensure(NAMES, NOW - dt.timedelta(days=900))
    assert found.problem == "tls.not_yet"
    cert.unlink()
    await found.ensure(NAMES, NOW)
    assert (found.source, found.problem) == ("room", "tls.unreadable")


def test_what_does_not_belong_together_is_refused_with_the_reason() -> None:
    ca, leaf = office()
    _, other = office()
    check_pair(leaf.cert + ca.cert, leaf.key)
    for chain, key, code in (
        (b"", leaf.key, "tls.no_certificate"),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            leaf.key,
            "tls.no_certificate",
        ),
        (leaf.cert, b"no key", "tls.no_key"),
        (leaf.cert, other.key, "tls.mismatch"),
        (ca.cert + leaf.cert, leaf.key, "tls.mismatch"),
        (leaf.cert + other.cert, leaf.key, "tls.order"),
    ):
        with pytest.raises(BadCertificate) as refused:
            check_pair(chain, key)
        assert refused.value.code == code


async def test_a_request_is_signed_elsewhere_and_its_certificate_taken(tmp_path: Path) -> None:
    found = Certificates(tmp_path / "tls", "r1")
    await found.ensure(NAMES, NOW)
    with pytest.raises(BadCertificate) as refused:
        found.take(office()[1].cert)
    assert refused.value.code == "tls.no_request"
    assert b"CERTIFICATE REQUEST" in found.request()
    with pytest.raises(BadCertificate) as refused:
        found.take(office()[1].cert)
    assert refused.value.code == "tls.mismatch"
    ca, _ = office()
    key = (tmp_path / "tls" / "own.key.new").read_bytes()
    leaf = signed_by_it(ca, key)
    found.take(leaf)
    await found.ensure(NAMES, NOW)
    assert found.source == "office"
    found.take(leaf)  # the same once more
    assert make_csr(NAMES).key != key


def signed_by_it(ca: Pair, key: bytes) -> bytes:
    """Sign the key of a request, as an office's authority does."""
    authority = x509.load_pem_x509_certificate(ca.cert)
    signer = serialization.load_pem_private_key(ca.key, None)
    own = serialization.load_pem_private_key(key, None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(authority.subject)
        .issuer_name(authority.subject)
        .public_key(own.public_key())  # type: ignore[arg-type]  # an elliptic one, made by us
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=90))
    )
    cert = builder.sign(signer, hashes.SHA256())  # type: ignore[arg-type]  # the same
    return cert.public_bytes(serialization.Encoding.PEM)


async def test_an_open_connection_lives_through_a_new_certificate(tmp_path: Path) -> None:
    found = Certificates(tmp_path, "r1")
    await found.ensure(NAMES, NOW)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=found.context)
    port = server.sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cadata=(found.ca() or b"").decode())
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
    before = writer.get_extra_info("ssl_object").getpeercert()["serialNumber"]
    await found.ensure(Names(("r1.local", "r2.local"), NAMES.addresses), NOW)
    writer.write(b"still here\n")
    assert await reader.readline() == b"still here\n"
    fresh = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
    assert fresh[1].get_extra_info("ssl_object").getpeercert()["serialNumber"] != before
    for one in (writer, fresh[1]):
        one.close()
        await one.wait_closed()
    server.close()
    await server.wait_closed()


async def test_old_versions_and_weak_ciphers_are_not_spoken(tmp_path: Path) -> None:
    found = Certificates(tmp_path, "r1")
    await found.ensure(NAMES, NOW)
    assert found.context is not None
    names = {cipher["name"] for cipher in found.context.get_ciphers()}
    assert all("GCM" in n or "CHACHA20" in n for n in names)
    assert found.context.minimum_version is ssl.TLSVersion.TLSv1_2
