"""Programs that speak Modbus, started for one test and ended by their process id."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.drivers.rig import eventually
from tests.support.programs import require_program

ENDS_WITHIN = 3.0


def free_port() -> int:
    """Return a TCP port that nobody holds now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        number: int = sock.getsockname()[1]
        return number


def accepts(port: int) -> bool:
    """Say whether somebody listens on a TCP port of this machine."""
    with socket.socket() as sock:
        sock.settimeout(0.2)
        return sock.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def program(*command: str) -> AsyncIterator[Process]:
    """Run a program meanwhile."""
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def bridged_ptys(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Give the two ends of a serial line made by socat."""
    ends = [str(folder / name) for name in ("near", "far")]
    pty = "pty,raw,echo=0,link="
    async with program(require_program("socat"), *(pty + end for end in ends)):
        await eventually(lambda: all(Path(end).exists() for end in ends))
        yield ends[0], ends[1]


@asynccontextmanager
async def serial_board(port: str, folder: Path) -> AsyncIterator[None]:
    """Run pymodbus' RTU server as a board of 8 coils, unit 1; coil 7 is on."""
    script = folder / "board.py"
    script.write_text(BOARD)
    ready = folder / "ready"
    async with program(sys.executable, str(script), port, str(ready)):
        await eventually(ready.exists, within=10)
        yield


BOARD = """
import asyncio, pathlib, sys
from pymodbus import FramerType
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

def block(*values):
    return [SimData(0, values=list(values), datatype=DataType.BITS)]

async def main():
    coils = block(*[False] * 7, True)
    words = [SimData(0, values=[0] * 8, datatype=DataType.REGISTERS)]
    device = SimDevice(1, (coils, block(*[False] * 8), words, words), use_bit_addressing=True)
    server = ModbusSerialServer(device, framer=FramerType.RTU, port=sys.argv[1], baudrate=9600)
    task = asyncio.create_task(server.serve_forever())
    await asyncio.sleep(0.3)
    pathlib.Path(sys.argv[2]).write_text("ready")
    await task

asyncio.run(main())
"""


async def mbpoll(*args: str) -> list[int]:
    """Return the eight values that mbpoll reads; `args` say from where."""
    process = await asyncio.create_subprocess_exec(
        require_program("mbpoll"), *args, stdout=PIPE, stderr=PIPE
    )
    out, errors = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, (out + errors).decode()
    return [int(v) for v in re.findall(r"^\[\d+\]:\s+(-?\d+)", out.decode(), re.MULTILINE)]
