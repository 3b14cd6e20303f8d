"""What the tests of declarative drivers share: definitions by id, a device on a link in memory."""

from __future__ import annotations

from pathlib import Path

from drivers.declarative import FOLDER, definitions
from drivers.declarative.plan import Plan, make_plan, read_plan
from drivers.declarative.schema import parse

IDS = sorted(definitions())


def shipped(driver_id: str) -> Plan:
    return read_plan(FOLDER / f"{driver_id}.yaml")


def made(text: str) -> Plan:
    return make_plan(parse(text.encode(), "x.yaml"), Path("x.yaml"))


HEAD = """schema: roomd.driver/1
id: thing
name: {zh: 物, en: Thing}
kind: relay
link: {type: tcp, port: 23}
"""
