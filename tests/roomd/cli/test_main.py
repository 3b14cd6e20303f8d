"""The verbs that architecture.md promises, each with its help and, where it lists something, `--json`."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from roomd.cli import app

RUN = CliRunner()
VERBS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("demo",): ("--port", "--data", "--lan", "--json", "--fail", "--config"),
    ("run",): ("--config", "--data", "--strict"),
    ("config", "check"): ("--json",),
    ("config", "schema"): (),
    ("config", "explain"): ("--json",),
    ("config", "diff"): ("--json",),
    ("config", "reload"): ("--data", "--json"),
    ("config", "rollback"): ("--data", "--json"),
    ("devices",): ("--data", "--json"),
    ("ports",): ("--json",),
    ("send",): ("--data", "--json"),
    ("trace",): ("--data", "--json"),
    ("why",): ("--data", "--json"),
    ("stop",): ("--direct", "--data", "--json"),
    ("discover",): ("--json",),
    ("driver", "new"): (),
    ("driver", "test"): ("--json",),
    ("driver", "simulate"): ("--option", "--link"),
    ("driver", "list"): ("--json",),
    ("doctor",): ("--json",),
    ("version",): ("--json",),
}
WIDE = {"COLUMNS": "200", "TERM": "dumb"}


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_its_help_and_options(verb: tuple[str, ...]) -> None:
    told = RUN.invoke(app, [*verb, "--help"], env=WIDE)
    assert told.exit_code == 0
    for option in VERBS[verb]:
        assert option in told.stdout


@pytest.mark.parametrize("args", [["no-such-verb"], ["version", "--nonsense"], ["send"]])
def test_bad_usage_ends_with_2(args: list[str]) -> None:
    assert RUN.invoke(app, args).exit_code == 2


def test_without_a_verb_there_is_help() -> None:
    told = RUN.invoke(app, [], env=WIDE)
    assert "demo" in told.output


def test_short_help() -> None:
    assert RUN.invoke(app, ["-h"]).exit_code == 0
