"""The office's own certificate."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model


class Tls(Model):
    """Certificate and key of the office's own authority; left out, the room makes an authority of its own."""

    cert: Annotated[str | None, Field(max_length=255, examples=["tls/room.crt"])] = None
    """File with the certificate and those above it, PEM; from the folder of this file."""
    key: Annotated[str | None, Field(max_length=255, examples=["tls/room.key"])] = None
    """File with its private key, PEM, without a passphrase."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.cert is None) != (self.key is None):
            raise PydanticCustomError("tls_both", "cert and key go together")
        return self
