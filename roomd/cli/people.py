"""Verbs of who may do what: user, token, pair. On the console, over `control.sock`."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated, Any

import typer

from roomd.cli.output import REFUSED, DataOption, JsonOption, fail, print_json, print_table

SHORT = 15.0
"""Seconds that an answer may take."""
users = typer.Typer(help="Accounts: add, list, remove.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens of programs and paired devices.", no_args_is_help=True)


@users.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    *,
    role: Annotated[
        str,
        typer.Option(help="admin, security, auditor, operator or reader; none yet if left out."),
    ] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account. Without a terminal and a password a start password is made up and shown once."""
    wanted = {"name": name, "role": role, "password": _password(from_stdin=password_stdin)}
    answer = _ask("POST", "/users", data, wanted, as_json=as_json)
    if as_json:
        return
    typer.echo(f"{name}: 已建立 made, {answer['role'] or '尚无角色 no role yet'}")
    if "start_password" in answer:
        typer.echo(f"初始密码（首次登录须修改） start password: {answer['start_password']}")


@users.command("list")
def list_users(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List accounts, and which administrators are missing."""
    answer = _ask("GET", "/users", data, None, as_json=as_json)
    if as_json:
        return
    columns = ("name", "role", "clearance", "totp", "must_change")
    print_table(columns, [[user[c] for c in columns] for user in answer["users"]])
    if answer["missing"]:
        typer.echo(f"缺少 missing: {', '.join(answer['missing'])}")


@users.command("remove")
def remove_user(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove an account, and end what it has open. The last of each administrator stays."""
    _ask("DELETE", f"/users/{name}", data, None, as_json=as_json)
    if not as_json:
        typer.echo(f"{name}: 已删除 removed")


@tokens.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    *,
    role: Annotated[str, typer.Option(help="Role that it gives.")] = "integration",
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token and show it, once."""
    answer = _ask("POST", "/tokens", data, {"name": name, "role": role}, as_json=as_json)
    if not as_json:
        typer.echo(answer["token"])


@tokens.command("list")
def list_tokens(*, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List tokens and paired devices."""
    answer = _ask("GET", "/tokens", data, None, as_json=as_json)
    if as_json:
        return
    rows = [(t["id"], t["role"], t["name"]) for t in answer["tokens"]]
    rows += [(d["id"], d["kind"], d["name"]) for d in answer["devices"]]
    print_table(("id", "role", "name"), rows)


@tokens.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="Id, from the list.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a token or a paired device, with all that it has open."""
    _ask("DELETE", f"/tokens/{token}", data, None, as_json=as_json)
    if not as_json:
        typer.echo(f"{token}: 已撤销 revoked")


def pair(
    kind: Annotated[str, typer.Argument(help="presenter or display.")],
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let one tablet or display be paired within five minutes; shows a code and a QR."""
    answer = _ask("POST", "/pairing", data, {"kind": kind}, as_json=as_json)
    if as_json:
        return
    import segno

    if sys.stdout.isatty():
        segno.make(answer["url"], error="m", micro=False).terminal(compact=True)
    typer.echo(f"配对码 code: {answer['code']}")
    typer.echo(f"{answer['seconds']} 秒内有效，只能用一次 · good for {answer['seconds']} s, once")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        return ""
    first = getpass.getpass("密码 password: ")
    if first and first != getpass.getpass("再次输入 again: "):
        fail("password_differs", {})
    return first


def _ask(method: str, path: str, data: Any, body: Any, *, as_json: bool) -> dict[str, Any]:
    from roomd.cli.client import ask

    status, answer = ask(method, path, data, body, within=SHORT)
    if as_json:
        print_json(answer)
    if status != 200:
        if as_json:
            raise typer.Exit(REFUSED)
        fail(answer["code"], answer["params"])
    found: dict[str, Any] = answer
    return found
