"""Verbs of the operation record: `roomd audit show | verify | export`. They read the file itself, or a copy of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from roomd.cli.output import REFUSED, JsonOption, fail, print_json, print_table

if TYPE_CHECKING:
    from roomd.audit.anchor import Anchor
    from roomd.audit.verify import Report, Row

T = TypeVar("T")
DEFAULT = Path("/var/lib/roomd")
app = typer.Typer(help="The operation record: show, verify, export.", no_args_is_help=True)
DataOption = Annotated[
    Path, typer.Option("--data", help="Data folder, a record.db, or a folder that `export` wrote.")
]


@app.command()
def show(
    *,
    data: DataOption = DEFAULT,
    actor: Annotated[str, typer.Option(help="Only of this person or device.")] = "",
    device: Annotated[str, typer.Option(help="Only about this device.")] = "",
    after: Annotated[int, typer.Option(help="Only rows with a greater number.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="At most so many, 1 to 200.", min=1, max=200)] = 50,
    as_json: JsonOption = False,
) -> None:
    """List rows, oldest first."""
    from roomd.audit.reading import Filter, page

    wanted = Filter(after=after, actor=actor, device=device, limit=limit)
    rows = _or_fail(data, lambda path: page(path, wanted))
    if as_json:
        print_json({"rows": rows})
        return
    columns = ("seq", "wall", "actor", "act", "kind", "obj", "result", "reason")
    print_table(columns, [[row[c] for c in columns] for row in rows])


@app.command()
def verify(
    *,
    data: DataOption = DEFAULT,
    key: Annotated[
        str | None, typer.Option(help="The first key, in hex, as shown when the record was sealed.")
    ] = None,
    anchor: Annotated[
        list[Path] | None, typer.Option(help="A file with one anchor a line; may be given again.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the whole chain. Exit code 1 where a row is bad, or something that was asked could not be proved."""
    from roomd.audit.verify import verify as check

    secret = _key(key)
    anchors = [found for path in anchor or [] for found in _anchors(path)]
    report: Report = _or_fail(data, lambda path: check(_rows(path), key=secret, anchors=anchors))
    if as_json:
        print_json(report.as_json())
    else:
        _tell(report)
    unproved = "key_does_not_fit" in report.unproved or (bool(anchors) and not report.anchors)
    if not report.sound or unproved:
        raise typer.Exit(REFUSED)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder, for example on a USB stick.")],
    *,
    data: DataOption = DEFAULT,
    label: Annotated[str, typer.Option(help="Confidentiality label.")] = "内部",
    as_json: JsonOption = False,
) -> None:
    """Write rows, manifest, signature and a table for reading; another machine can check them."""
    from roomd.audit.export import write_export
    from roomd.audit.keys import Signer

    database = _database(data)
    signer_file = database.parent / "sign.key"
    if not signer_file.is_file():
        fail("record_unreadable", {})
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        fail("cannot_use", {"path": str(folder), "why": error.strerror or str(error)})
    about = {"label": label, "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
    manifest: dict[str, Any] = _or_fail(
        data, lambda path: write_export(folder, _rows(path), Signer.of(signer_file), about)
    )
    if as_json:
        print_json(manifest)
    else:
        typer.echo(f"{folder}: {manifest['rows']} 行 rows, sha256 {manifest['sha256']}")


def _tell(report: Report) -> None:
    from roomd.messages import both

    if report.bad is not None:
        typer.echo(both("audit.bad", {"seq": report.bad, "reason": report.reason}))
        return
    typer.echo(both("audit.sound", {"rows": report.rows, "last": report.last}))
    for code in report.unproved:
        typer.echo(both(f"audit.{code}", {}))


def _or_fail(data: Path, work: Callable[[Path], T]) -> T:
    import sqlite3

    path = _database(data)
    if not path.exists():
        fail("file_missing", {"name": str(path)})
    try:
        return work(path)
    except sqlite3.Error:
        fail("record_unreadable", {})


def _database(data: Path) -> Path:
    """Return the file or folder that is meant: `record.db` of a data folder, itself, or an export."""
    from roomd.audit.export import MANIFEST
    from roomd.audit.opening import database_of

    if data.is_file() or (data / MANIFEST).is_file():
        return data
    return database_of(data)


def _rows(path: Path) -> Iterator[Row]:
    from roomd.audit.export import BadExport, read_export
    from roomd.audit.reading import every_row, open_for_reading

    if path.is_dir():
        try:
            yield from read_export(path).rows
        except BadExport as error:
            _changed(str(error))
        return
    with closing(open_for_reading(path)) as database:
        yield from every_row(database)


def _changed(file: str) -> NoReturn:
    fail("audit.export_changed", {"file": file})


def _key(text: str | None) -> bytes | None:
    try:
        return None if text is None else bytes.fromhex(text)
    except ValueError:
        fail("bad_value", {"reason": "--key"})


def _anchors(path: Path) -> list[Anchor]:
    from roomd.audit.anchor import NoAnchor, parse

    try:
        lines = path.read_text("utf-8").splitlines()
        return [parse(line) for line in lines if line.strip()]
    except OSError as error:
        fail("cannot_use", {"path": str(path), "why": error.strerror or str(error)})
    except NoAnchor as error:
        fail("bad_value", {"reason": f"{path}: {error}"})
