"""A serial port, on real ptys."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tty
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import serial
from structlog.testing import capture_logs

from drivers.errors import Misconfigured, Unreachable
from drivers.transport.frames import Collided, Publish
from drivers.transport.serial_port import SerialPort
from tests.drivers.transport.hearing import Heard
from tests.support.waiting import until


class Pty:
    """The far end of a serial line; its port keeps its name when the plug is pulled and put back."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "port"
        self.plug()

    def plug(self) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self.master)
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        os.close(self.master)
        os.close(self._slave)
        self.path.unlink()

    def write(self, data: bytes) -> None:
        os.write(self.master, data)

    def read(self) -> bytes:
        try:
            return os.read(self.master, 4096)
        except BlockingIOError:
            return b""


@pytest.fixture
def pty(tmp_path: Path) -> Iterator[Pty]:
    far = Pty(tmp_path)
    yield far
    if far.path.is_symlink():
        far.unplug()


def port(
    far: Pty, *, local_echo: bool = False, modem: Mapping[str, bool] | None = None
) -> SerialPort:
    identity = {"path": str(far.path)}
    return SerialPort(identity, 9600, "8N1", local_echo=local_echo, modem=modem or {})


@asynccontextmanager
async def opened(far: Pty, *, local_echo: bool = False) -> AsyncIterator[tuple[SerialPort, Heard]]:
    line, heard = port(far, local_echo=local_echo), Heard()
    await heard.listen(line)
    try:
        yield line, heard
    finally:
        await line.close()


async def written(far: Pty, size: int) -> bytes:
    data = b""

    def enough() -> bool:
        nonlocal data
        data += far.read()
        return len(data) >= size

    await until(enough)
    return data


# -- bytes ------------------------------------------------------------------------------------------------------------


async def test_all_256_bytes_pass_both_ways(pty: Pty) -> None:
    everything = bytes(range(256))
    async with opened(pty) as (line, heard):
        await line.send(everything)
        assert await written(pty, 256) == everything
        pty.write(everything)
        await heard.until(everything)


async def test_a_frame_is_with_the_operating_system_before_send_first_gives_way(pty: Pty) -> None:
    async with opened(pty) as (line, _):
        asking = line.send(b"stop")
        with pytest.raises(StopIteration):
            asking.send(None)  # to the end, without a turn of the loop
        assert await written(pty, 4) == b"stop"


async def test_what_came_before_it_was_opened_is_discarded(pty: Pty) -> None:
    pty.write(b"an answer to nobody")
    async with opened(pty) as (line, heard):
        await line.send(b"?")
        assert await written(pty, 1) == b"?"
        pty.write(b"!")
        await heard.until(b"!")


async def test_what_came_while_it_was_closed_is_discarded(pty: Pty) -> None:
    line, heard = port(pty), Heard()
    await heard.listen(line)
    await line.close()
    pty.write(b"late")
    await heard.listen(line)
    pty.write(b"new")
    await heard.until(b"new")
    await line.close()


@pytest.mark.parametrize(
    "line_format, baud, seconds",
    [("8N1", 9600, 10 / 9600), ("8E1", 2400, 11 / 2400), ("7O2", 1200, 11 / 1200)],
)
def test_the_time_on_the_wire_counts_start_parity_and_stop_bits(
    line_format: str, baud: int, seconds: float
) -> None:
    line = SerialPort({"path": "/x"}, baud, line_format, local_echo=False, modem={})
    assert line.wire_time(8) == pytest.approx(8 * seconds)


async def test_bytes_only(pty: Pty) -> None:
    async with opened(pty) as (line, _):
        with pytest.raises(TypeError):
            await line.send(Publish("t", b""))


# -- one owner, no modem lines ----------------------------------------------------------------------------------------


async def test_a_second_one_is_refused_while_it_is_open(pty: Pty) -> None:
    async with opened(pty):
        other = port(pty)
        with pytest.raises(Unreachable, match="exclusively lock"):
            await Heard().listen(other)
    await Heard().listen(other)
    await other.close()


HOLD = """
import serial, sys
held = serial.Serial(sys.argv[1], exclusive=True)
print("held", flush=True)
sys.stdin.read()
"""


async def test_another_process_that_holds_it_is_named_as_the_reason(pty: Pty) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(pty.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Unreachable, match="exclusively lock"):
            await Heard().listen(port(pty))
        other.communicate()
    line = port(pty)
    await Heard().listen(line)
    await line.close()


@pytest.mark.parametrize(
    "modem, touched",
    [
        ({}, []),
        ({"dtr": True}, ["dtr"]),
        ({"rts": False}, ["rts"]),
        ({"dtr": False, "rts": True}, ["dtr", "rts"]),
    ],
)
async def test_modem_lines_stay_as_they_are_unless_it_is_asked_for(
    pty: Pty, modem: Mapping[str, bool], touched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(serial.Serial, "_update_dtr_state", lambda _self: seen.append("dtr"))
    monkeypatch.setattr(serial.Serial, "_update_rts_state", lambda _self: seen.append("rts"))
    line = port(pty, modem=modem)
    await Heard().listen(line)
    await line.close()
    assert sorted(set(seen)) == touched


# -- losing it --------------------------------------------------------------------------------------------------------


async def test_a_pulled_plug_is_noticed_and_the_descriptor_is_closed(pty: Pty) -> None:
    async with opened(pty) as (line, heard):
        number = line.descriptor()
        assert number is not None
        assert line.present()
        pty.unplug()
        await until(lambda: heard.lost)
        assert [e.code for e in heard.lost] == ["unreachable"]
        await line.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)
        assert line.present() is False
        with pytest.raises(Unreachable, match="closed"):
            await line.send(b"x")
        with pytest.raises(Unreachable, match="no such serial port now"):
            await heard.listen(line)


async def test_the_port_is_found_again_under_another_number(pty: Pty) -> None:
    line, heard = port(pty), Heard()
    await heard.listen(line)
    first = line.endpoint
    holder = os.openpty()  # takes the number that is about to be free, or the next one
    pty.unplug()
    await until(lambda: heard.lost)
    await line.close()
    others = os.openpty()
    pty.plug()
    await heard.listen(line)
    assert line.endpoint != first
    pty.write(b"back")
    await heard.until(b"back")
    await line.close()
    for number in (*holder, *others):
        os.close(number)


async def test_a_close_that_was_asked_for_is_no_loss(pty: Pty) -> None:
    async with opened(pty) as (line, heard):
        await line.close()
        await asyncio.sleep(0)
    assert heard.lost == []
    assert line.descriptor() is None


async def test_a_port_that_is_none_is_misconfigured_for_good(tmp_path: Path) -> None:
    (tmp_path / "port").write_bytes(b"")
    for path in (tmp_path / "port", Path("/dev/null")):
        line = SerialPort({"path": str(path)}, 9600, "8N1", local_echo=False, modem={})
        with pytest.raises(Misconfigured, match="no serial port") as error:
            await Heard().listen(line)
        assert error.value.permanent


def test_a_port_that_was_never_opened_is_called_by_its_name() -> None:
    line = SerialPort({"by_id": "usb-FTDI_A10"}, 9600, "8N1", local_echo=False, modem={})
    assert line.endpoint == "serial:by_id=usb-FTDI_A10"


# -- adapters that hear themselves ------------------------------------------------------------------------------------


async def test_our_own_bytes_are_not_heard_with_local_echo(pty: Pty) -> None:
    async with opened(pty, local_echo=True) as (line, heard):
        await line.send(b"\x81\x09\x04\x00\xff")
        pty.write(b"\x81\x09")
        pty.write(b"\x04\x00\xff\x90\x50\x02\xff")
        await heard.until(b"\x90\x50\x02\xff")


async def test_other_bytes_than_ours_are_a_collision(pty: Pty) -> None:
    async with opened(pty, local_echo=True) as (line, heard):
        await line.send(b"\x81\x09\x04\x00\xff")
        pty.write(b"\x81\x55\x55")
        await until(lambda: heard.data == b"\x55\x55")
        assert heard.chunks[0] == Collided(b"\x55\x55")


async def test_a_new_connection_expects_no_echo_of_the_old_one(pty: Pty) -> None:
    line, heard = port(pty, local_echo=True), Heard()
    await heard.listen(line)
    await line.send(b"abc")
    await line.close()
    await heard.listen(line)
    pty.write(b"abc")
    await heard.until(b"abc")
    await line.close()


async def test_an_adapter_that_hears_itself_unannounced_is_named_once(pty: Pty) -> None:
    with capture_logs() as logs:
        async with opened(pty) as (line, heard):
            for _ in range(2):
                heard.chunks.clear()
                await line.send(b"\x81\x09\x04\x00\xff")
                pty.write(b"\x81\x09\x04\x00\xff\x90\x50\x02\xff")
                await heard.until(b"\x81\x09\x04\x00\xff\x90\x50\x02\xff")
    named = [entry["setting"] for entry in logs if entry["event"] == "serial.hears_itself"]
    assert named == ["local_echo"]
