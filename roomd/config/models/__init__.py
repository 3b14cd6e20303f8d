"""Pydantic models of the room file `roomd.room/1`.

A field's text is its description in schema, forms and docs.
"""

from roomd.config.models.devices import DeviceEntry
from roomd.config.models.links import LinkEntry
from roomd.config.models.room import SCHEMA, RoomFile
from roomd.config.models.texts import Words

__all__ = ["SCHEMA", "DeviceEntry", "LinkEntry", "RoomFile", "Words"]
