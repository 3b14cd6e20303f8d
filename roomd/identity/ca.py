"""The room's own certificate authority: what it signs and for whom. Pure: bytes in, bytes out.

RFC 5280: name constraints (4.2.1.10), basic constraints (4.2.1.9), key usage (4.2.1.3). Every date is chosen so that a
client whose clock is behind still accepts the leaf, and that its span stays under the 825 days that Apple allows
(unverified on a device).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BEGIN: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
"""Before every clock that is only wrong by a drained battery's default of some years."""
CA_DAYS: Final = 10_950
LEAF_BEFORE, LEAF_AFTER = 400, 397
"""Days before and after now; together under 825."""
RENEW_AT: Final = 2 / 3
"""Of the days that are left at the issue."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key, PEM."""

    cert: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Names:
    """Under what a room is reached."""

    hosts: tuple[str, ...]
    """Host names, the mDNS name first."""
    addresses: tuple[str, ...]
    """IP addresses."""
    networks: tuple[str, ...] = ()
    """Networks in which the addresses may change, `10.3.1.0/24`; for the authority's constraints."""


def make_ca(room: str, names: Names) -> Pair:
    """Make an authority that can speak for this room's names and networks alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"roomd CA {room}")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + dt.timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return _signed(builder, key, key)


def issue(ca: Pair, names: Names, now: dt.datetime) -> Pair:
    """Make a server's certificate with a new key.

    Args:
        ca: the authority.
        names: every name and address; those outside the authority's constraints are left out (`covered` tells).
        now: the time that is believed.

    Raises:
        ValueError: no name is left, or `ca` is unreadable.
    """
    authority = x509.load_pem_x509_certificate(ca.cert)
    signer = _private(ca.key)
    inside = covered(ca.cert, names)
    alternative = _alternative(inside)
    if not alternative:
        raise ValueError("no name is within the authority's constraints")
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name((*inside.hosts, *inside.addresses)[0][:64]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(BEGIN, now - dt.timedelta(days=LEAF_BEFORE)))
        .not_valid_after(now + dt.timedelta(days=LEAF_AFTER))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    return _signed(builder, key, signer)


def make_csr(names: Names) -> Pair:
    """Make a key, and the request with which the office's own authority signs it; `cert` is the request."""
    key = ec.generate_private_key(ec.SECP256R1())
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_name((*names.hosts, *names.addresses)[0][:64]))
        .add_extension(x509.SubjectAlternativeName(_alternative(names)), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Pair(request.public_bytes(serialization.Encoding.PEM), _pem(key))


def covered(ca: bytes, names: Names) -> Names:
    """Return the names and addresses that an authority may speak for; one without constraints for all."""
    authority = x509.load_pem_x509_certificate(ca)
    try:
        found = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return names
    permitted = list(found.permitted_subtrees or ())
    domains = [tree.value for tree in permitted if isinstance(tree, x509.DNSName)]
    networks = [tree.value for tree in permitted if isinstance(tree, x509.IPAddress)]
    return Names(
        tuple(h for h in names.hosts if any(h == d or h.endswith("." + d) for d in domains)),
        tuple(a for a in names.addresses if _within(a, networks)),
        names.networks,
    )


def needs_another(cert: bytes, names: Names, now: dt.datetime) -> bool:
    """Return whether a leaf is too old, or lacks a name, or has one too many."""
    found = x509.load_pem_x509_certificate(cert)
    left = found.not_valid_after_utc - dt.timedelta(days=LEAF_AFTER)
    renew = left + dt.timedelta(days=LEAF_AFTER) * RENEW_AT
    if now >= renew or now < found.not_valid_before_utc:
        return True
    return names_of(cert) != {*names.hosts, *names.addresses}


def names_of(cert: bytes) -> set[str]:
    """Return the names and addresses for which a certificate is good."""
    found = x509.load_pem_x509_certificate(cert)
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    hosts = names.get_values_for_type(x509.DNSName)
    return {*hosts, *(str(a) for a in names.get_values_for_type(x509.IPAddress))}


def fingerprint(cert: bytes) -> str:
    """Return the SHA-256 of a certificate as people compare it: `AB:CD:…`."""
    return x509.load_pem_x509_certificate(cert).fingerprint(hashes.SHA256()).hex(":").upper()


def _permitted(names: Names) -> list[x509.GeneralName]:
    domains = ["local", *(h for h in names.hosts if not h.endswith(".local"))]
    networks: list[Network] = [ipaddress.ip_network("127.0.0.0/8")]
    networks += [ipaddress.ip_network(n, strict=False) for n in names.networks]
    networks += [ipaddress.ip_network(a) for a in names.addresses if not _within(a, networks)]
    return [*(x509.DNSName(d) for d in domains), *(x509.IPAddress(n) for n in networks)]


def _within(address: str, networks: Sequence[object]) -> bool:
    found = ipaddress.ip_address(address)
    nets = [n for n in networks if isinstance(n, ipaddress.IPv4Network | ipaddress.IPv6Network)]
    return any(found in network for network in nets if network.version == found.version)


def _alternative(names: Names) -> list[x509.GeneralName]:
    hosts = [x509.DNSName(h) for h in names.hosts]
    return [*hosts, *(x509.IPAddress(ipaddress.ip_address(a)) for a in names.addresses)]


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _signed(
    builder: x509.CertificateBuilder,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
) -> Pair:
    cert = builder.sign(signer, hashes.SHA256())
    return Pair(cert.public_bytes(serialization.Encoding.PEM), _pem(key))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _private(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the authority's key is not an elliptic one")  # noqa: TRY004  # the file is wrong, not our call
    return key
