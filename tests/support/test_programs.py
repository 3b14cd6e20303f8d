from __future__ import annotations

import pytest

from tests.support import programs


def test_a_program_outside_path_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SYSTEM_FOLDERS", ("/usr/bin",))
    monkeypatch.setenv("PATH", "/nonexistent")
    assert programs.require_program("env") == "/usr/bin/env"


def test_a_missing_program_skips_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("ROOMD_REQUIRE_PEERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        programs.require_program("no-such-program")


@pytest.mark.parametrize("variable", ["CI", "ROOMD_REQUIRE_PEERS"])
def test_in_ci_it_fails(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(pytest.fail.Exception, match="no_such_module"):
        programs.require_module("no_such_module")
