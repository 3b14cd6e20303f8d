"""The authority and its leaves, with OpenSSL as the judge."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from roomd.identity.ca import (
    BEGIN,
    Names,
    Pair,
    covered,
    fingerprint,
    issue,
    make_ca,
    make_csr,
    names_of,
    needs_another,
)
from tests.support.programs import require_program

NAMES = Names(
    ("roomd-r301.local", "room-301.example.cn"), ("10.3.1.20", "127.0.0.1"), ("10.3.1.0/24",)
)
NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def ca() -> Pair:
    return make_ca("r301", NAMES)


def openssl(folder: Path, ca: bytes, leaf: bytes, *more: str) -> str:
    """Return what `openssl verify` says."""
    (folder / "ca.crt").write_bytes(ca)
    (folder / "leaf.crt").write_bytes(leaf)
    program = require_program("openssl")
    command = [program, "verify", "-x509_strict", *more, "-CAfile", "ca.crt", "leaf.crt"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "name", ["-verify_hostname roomd-r301.local", "-verify_hostname room-301.example.cn"]
)
def test_openssl_accepts_the_chain_by_name(tmp_path: Path, ca: Pair, name: str) -> None:
    leaf = issue(ca, NAMES, NOW).cert
    assert openssl(tmp_path, ca.cert, leaf, *name.split()) == "leaf.crt: OK\n"


@pytest.mark.parametrize("address", ["10.3.1.20", "127.0.0.1"])
def test_and_by_address(tmp_path: Path, ca: Pair, address: str) -> None:
    leaf = issue(ca, NAMES, NOW).cert
    assert openssl(tmp_path, ca.cert, leaf, "-verify_ip", address) == "leaf.crt: OK\n"


@pytest.mark.parametrize("host", ["bank.example.com", "example.cn", "10.3.2.1", "8.8.8.8"])
def test_a_stolen_authority_is_of_no_use_for_other_sites(
    tmp_path: Path, ca: Pair, host: str
) -> None:
    free = make_ca("x", Names((host,), ()) if not host[0].isdigit() else Names((), (host,)))
    wanted = Names((host,), ()) if not host[0].isdigit() else Names((), (host,))
    with pytest.raises(ValueError, match="constraints"):
        issue(ca, wanted, NOW)
    # Signed past our own check, OpenSSL refuses it.
    stolen = Pair(free.cert, ca.key)
    forged = issue(stolen, wanted, NOW)
    said = openssl(tmp_path, ca.cert, forged.cert)
    assert "OK" not in said


def test_dates_suit_clocks_that_are_behind(tmp_path: Path, ca: Pair) -> None:
    leaf = issue(ca, NAMES, NOW)
    found = x509.load_pem_x509_certificate(leaf.cert)
    span = found.not_valid_after_utc - found.not_valid_before_utc
    assert span.days == 797
    assert (NOW - found.not_valid_before_utc).days == 400
    early = issue(ca, NAMES, dt.datetime(2020, 6, 1, tzinfo=dt.UTC))
    assert x509.load_pem_x509_certificate(early.cert).not_valid_before_utc == BEGIN
    behind = str(int((NOW - dt.timedelta(days=399)).timestamp()))
    said = openssl(tmp_path, ca.cert, leaf.cert, "-attime", behind)
    assert said == "leaf.crt: OK\n"


def test_a_leaf_is_replaced_at_two_thirds_of_its_life_or_when_names_change(ca: Pair) -> None:
    leaf = issue(ca, NAMES, NOW).cert
    assert not needs_another(leaf, NAMES, NOW)
    assert not needs_another(leaf, NAMES, NOW + dt.timedelta(days=264))
    assert needs_another(leaf, NAMES, NOW + dt.timedelta(days=265))
    assert needs_another(leaf, NAMES, NOW - dt.timedelta(days=401))
    assert needs_another(leaf, Names((*NAMES.hosts, "x.local"), NAMES.addresses), NOW)
    assert needs_another(leaf, Names(NAMES.hosts[:1], NAMES.addresses), NOW)


def test_an_address_that_moves_within_its_network_is_covered(ca: Pair) -> None:
    moved = Names(("roomd-r301.local",), ("10.3.1.99", "10.9.9.9"))
    assert covered(ca.cert, moved).addresses == ("10.3.1.99",)
    assert names_of(issue(ca, moved, NOW).cert) == {"roomd-r301.local", "10.3.1.99"}


def test_each_leaf_has_a_key_and_a_serial_number_of_its_own(ca: Pair) -> None:
    first, second = issue(ca, NAMES, NOW), issue(ca, NAMES, NOW)
    assert first.key != second.key
    assert fingerprint(first.cert) != fingerprint(second.cert)


def test_a_request_names_what_is_wanted(tmp_path: Path) -> None:
    made = make_csr(NAMES)
    (tmp_path / "own.csr").write_bytes(made.cert)
    command = [require_program("openssl"), "req", "-in", "own.csr", "-noout", "-text", "-verify"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "DNS:room-301.example.cn" in ended.stdout
    assert "IP Address:10.3.1.20" in ended.stdout
