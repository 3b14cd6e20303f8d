"""Verbs of certificates: `roomd tls status | csr | cert | export | policy`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from roomd.cli.output import REFUSED, DataOption, JsonOption, fail, print_json, print_table

SHORT = 15.0
"""Seconds that an answer may take."""
app = typer.Typer(help="Certificates: status, csr, cert, export, policy.", no_args_is_help=True)
FolderArgument = Annotated[Path, typer.Argument(help="Folder to write into; it is made.")]


@app.command()
def status(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Say which certificate is served, until when, for which names."""
    found = _ask("GET", "/tls", data, None, as_json=as_json)
    if not as_json:
        print_table(("what", "value"), [(k, v) for k, v in found.items() if k != "ca"])


@app.command()
def csr(
    file: Annotated[Path, typer.Argument(help="File for the request, PEM.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and the request for the office's authority; the key stays in the data folder."""
    made = _ask("POST", "/tls/csr", data, {}, as_json=as_json)
    _write(file, made["csr"].encode())
    if not as_json:
        typer.echo(str(file))


@app.command()
def cert(
    file: Annotated[Path, typer.Argument(help="Certificate with those above it, PEM.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Use the certificate that the office's authority made of the last request."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail("cannot_use", {"path": str(file), "why": str(error)})
    _ask("POST", "/tls/cert", data, {"cert": text}, as_json=as_json)
    if not as_json:
        typer.echo("已启用 in use")


@app.command()
def export(folder: FolderArgument, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Write the room's authority as ca.crt, ca.cer and ca.mobileconfig."""
    from roomd.web.trust_page import FILES, Trust, file_of

    found = _ask("GET", "/tls", data, None, as_json=as_json)
    if not found.get("ca"):
        fail("tls.no_ca", {})
    trust = Trust({"zh": "", "en": ""}, "", found["ca"].encode())
    for name in FILES:
        _write(folder / name.lstrip("/"), file_of(name, trust))
    if not as_json:
        typer.echo(f"{folder}: {found['ca_fingerprint']}")


@app.command()
def policy(folder: FolderArgument, *, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Write what makes managed computers trust the room's authority: Firefox, Windows, Debian."""
    from roomd.cli.tls_policy import policies

    found = _ask("GET", "/tls", data, None, as_json=as_json)
    if not found.get("ca"):
        fail("tls.no_ca", {})
    for name, text in policies(found["ca"]).items():
        _write(folder / name, text.encode())
    if not as_json:
        typer.echo(str(folder))


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        fail("cannot_use", {"path": str(path), "why": error.strerror or str(error)})


def _ask(method: str, path: str, data: Any, body: Any, *, as_json: bool) -> dict[str, Any]:
    from roomd.cli.client import ask

    status_code, answer = ask(method, path, data, body, within=SHORT)
    if as_json:
        print_json(answer)
    if status_code != 200:
        if as_json:
            raise typer.Exit(REFUSED)
        fail(answer["code"], answer["params"])
    found: dict[str, Any] = answer
    return found
