"""The certificate that a simulated display makes for itself, always the same one for the same number."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
import tempfile
from pathlib import Path

BEGIN = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


def server_context(number: int) -> ssl.SSLContext:
    """Return a TLS server's context with a self-made certificate.

    Args:
        number: chooses key and certificate, so that a simulated display is the same one after a restart. It protects
            nothing: anybody can make the same.
    """
    key, certificate = _self_made(number)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory(prefix="roomd-mdc-") as folder:
        path = (
            Path(folder) / "display.pem"
        )  # the standard library reads certificates from files only
        path.write_bytes(key + certificate)
        context.load_cert_chain(path)
    return context


def _self_made(number: int) -> tuple[bytes, bytes]:
    """Return key and certificate as PEM."""
    # Only a simulated display with a PIN needs this library, and it takes its time to load.
    from cryptography import x509  # noqa: PLC0415  # as above
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # as above
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  # as above
        Ed25519PrivateKey,
    )

    seed = hashlib.sha256(b"simulated display %d" % number).digest()
    key = Ed25519PrivateKey.from_private_bytes(seed)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "simulated display")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number + 1)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .sign(key, None)
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return secret, certificate.public_bytes(pem)
