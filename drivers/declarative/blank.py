"""The definition that `roomd driver new` writes: complete, commented, and passing its own transcripts."""

from __future__ import annotations

_BLANK = r"""# A driver of one file; docs/declarative-drivers.md explains every key.
# Check it: roomd driver test @ID@.yaml
schema: roomd.driver/1
id: @ID@
name: {zh: 新设备, en: New device}
kind: relay                     # light lift screen curtain display projector climate camera mixer matrix relay sensor
sources: []                     # - {manual: "…", revision: "…", page: 12}   where you read it
tried_on: none                  # the hardware you tried it on
link: {type: tcp, port: 23}     # serial: {type: serial, baud: 9600, format: 8N1, shared: true, gap: 50ms}
options:
  channel: {type: int, min: 1, max: 8, default: 1, help: "Which output to switch."}
receive: {lines: {end: "\r\n", max: 80}}      # how answers are told apart: lines, fixed, length_at, between
feedback: [reply, push]                       # or: none
state: {ch.1.state: bool}
commands:
  # Bytes instead of text: hex: "55 {channel:u8} 01 {crc16_modbus}"
  on:  {text: "SET {channel} 1\r\n", expect: "OK {channel:int} 1", error: "ERR {code:int}", key: state,
        set: {ch.1.state: true}}
  off: {text: "SET {channel} 0\r\n", expect: "OK {channel:int} 0", error: "ERR {code:int}", key: state,
        set: {ch.1.state: false}}
observe:                                      # what it says when somebody pressed its own button
  - {text: "IS {channel:int} {v:int}", set: {ch.1.state: "{v|on_off}"}}
tests:                                        # at least one for each command
  - {do: on, tx: ['"SET 1 1\r\n"'], rx: ['"OK 1"', '" 1\r\n"'], outcome: confirmed,
     then: {ch.1.state: true, quality: confirmed}}
  - {do: off, tx: ['"SET 1 0\r\n"'], rx: ['"ERR 3\r\n"'], outcome: failed}
  # another channel's answer ends nothing
  - {do: on, tx: {frame: '"SET 1 1\r\n"', times: 3}, rx: ['"OK 2 1\r\n"'], outcome: timeout}
  - {rx: '"IS 1 1\r\n"', then: {ch.1.state: true, quality: observed}}   # said unasked
"""


def blank(driver_id: str) -> str:
    """Return the text of a new definition with that id."""
    return _BLANK.replace("@ID@", driver_id)
