"""The operation record's settings."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from roomd.config.models.base import Model

LEAST_MONTHS = 6
"""Shorter is refused: records of network operation are kept six months at least (网络安全法, unverified)."""


def _months(text: str) -> str:
    found = re.fullmatch(r"([0-9]{1,4}) ?months", text)
    if found is None:
        raise PydanticCustomError("audit_keep", "write for example 36 months")
    if int(found[1]) < LEAST_MONTHS:
        raise PydanticCustomError("audit_keep_short", "at least 6 months")
    return text


class Anchors(Model):
    """Where signed heads of the record go, so that a cut end is found."""

    folder: Annotated[str | None, Field(max_length=255, examples=["/mnt/archive/anchors"])] = None
    """Folder, for example of another machine; a line for each day and each meeting."""
    syslog: Annotated[
        str | None, Field(pattern=r"^[A-Za-z0-9.\-\[\]:]+:[0-9]{1,5}$", examples=["10.3.1.9:514"])
    ] = None
    """Host and UDP port of a syslog server (RFC 5424)."""


class Audit(Model):
    """The operation record."""

    hash: Literal["sha256", "sm3"] = "sha256"
    """Hash of the chain; it may change, the change is a row under the old one."""
    keep: Annotated[str, AfterValidator(_months), Field(examples=["36 months"])] = "36 months"
    """How long rows are kept, 6 months or more; older ones go, from the start alone, and leave a signed checkpoint."""
    when_unwritable: Literal["control", "stop_only"] = "control"
    """While the disk refuses the record: the room goes on, or only stops."""
    anchors: Anchors = Anchors()
    """Where signed heads go."""

    @property
    def months(self) -> int:
        """Return how long rows are kept."""
        return int(self.keep.split("months")[0])
