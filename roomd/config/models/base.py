"""What all models of the room file share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Discriminator


class Model(BaseModel):
    """One mapping of the room file: unknown keys are errors, nothing is converted silently."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        # Only the whole room file is ever checked: building each part by itself too takes a sixth of the start.
        defer_build=True,
    )


def _shape(value: Any) -> str:
    return "text" if isinstance(value, str) else "mapping"


TEXT_OR_MAPPING = Discriminator(_shape)
"""Of two ways to write a value, decide by its shape, so that errors speak of the one that was
written."""
