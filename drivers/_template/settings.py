"""Step 7. What a room file may say in `options:`. Strict and frozen; a field's sentence is its help text everywhere.

What belongs to the *line* (host, port, baud) is not here: that is `link:`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from drivers._template.tables import FIRST, LAST


class LanternSettings(BaseModel):
    """One lantern."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    address: Annotated[int, Field(ge=FIRST, le=LAST)] = 1
    """Its number on the line, 1 to 9, as set by the switch on its back."""
