"""TLS without a socket: what was received goes in, what is to be sent comes out. For both ends of a display's line."""

from __future__ import annotations

import contextlib
import ssl

CHUNK = 16 * 1024
"""Bytes that are read at once."""


class Tunnel:
    """One end of one encrypted connection.

    Args:
        context: of a client or of a server.
        server: this end has the certificate.
    """

    def __init__(self, context: ssl.SSLContext, *, server: bool) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=server)
        self.ready = False
        """Both ends have agreed: `seal` may be used."""
        self.ended = False
        """The other end has said that nothing follows."""

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Take received bytes, b"" to begin; return what they say, and what is to be sent now.

        Raises:
            ValueError: it is no TLS, or was changed on the way; the connection is of no use any more.
        """
        self._incoming.write(data)
        plain = bytearray()
        try:
            if not self.ready:
                self._tls.do_handshake()
                self.ready = True
            while piece := self._tls.read(CHUNK):
                plain += piece
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            raise ValueError(f"TLS: {error.reason or error}") from error
        return bytes(plain), self._outgoing.read()

    def seal(self, plain: bytes) -> bytes:
        """Return what has to be sent so that the other end reads `plain`; only when `ready`."""
        self._tls.write(plain)
        return self._outgoing.read()

    def close(self) -> bytes:
        """Return what has to be sent to say that nothing follows."""
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()  # it wants the other end's goodbye, which need not be waited for
        return self._outgoing.read()

    @property
    def certificate(self) -> bytes:
        """Return the other end's certificate as it came (DER), not verified by anybody; b"" where there is none."""
        return self._tls.getpeercert(binary_form=True) or b""


def client_context() -> ssl.SSLContext:
    """Return what a client wants: TLS 1.2 or newer, and no authority, because displays sign their own certificates.

    Which versions displays offer is unverified.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
