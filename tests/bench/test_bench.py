"""The benchmark runs: one quick round of one of its parts. How fast anything is, is asked by nobody here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.figures import Result, above_floor, at_most, percentile, times_floor

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_one_quick_round_gives_a_table_and_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"

    done = run("--quick", "--only", "tap-udp", "--json", str(path))

    assert done.returncode == 0, done.stderr
    for word in ("tap-udp", "tap to wire", "base p50", "p99", "ratio", "floor + 1.5"):
        assert word in done.stdout
    lines: list[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["machine", "round", "round", "result", "end"]
    machine, floor, roomd, result, _ = lines
    assert {"at", "cpus", "load", "loop_ms", "python", "system", "versions"} <= set(machine)
    assert [floor["side"], roomd["side"]] == ["floor", "roomd"]
    assert floor["samples"] == roomd["samples"] > 0
    for spread in (floor, roomd, result["floor"], result["measured"]):
        assert 0 < spread["p50"] <= spread["p99"] <= spread["worst"]
    assert result["ratio"] == pytest.approx(
        result["measured"]["p50"] / result["floor"]["p50"], rel=0.01
    )
    assert result["unit"] == "ms"
    assert result["met"] in (True, False)


def test_every_benchmark_is_listed_with_what_it_measures() -> None:
    page = (ROOT / "docs/benchmark.md").read_text(encoding="utf-8")

    lines = run("--list").stdout.splitlines()

    assert len(lines) >= 10
    for line in lines:
        name, _, words = line.partition(" ")
        assert words.strip(), f"{name} does not say what it measures"
        assert f"`{name}`" in page


def test_an_unknown_name_is_bad_usage() -> None:
    assert run("--only", "tap-by-mail").returncode == 2


# -- figures ---------------------------------------------------------------------------------------


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([7.0], 0.99) == 7


def two_sides() -> Result:
    result = Result("b", "c", "ms")
    for number, (floor, roomd) in enumerate([(1.0, 4.0), (2.0, 6.0), (30.0, 5.0)]):
        result.add("floor", number, [floor], 100.0)
        result.add("roomd", number, [roomd, roomd], 200.0 + number)
    return result


def test_one_bad_round_does_not_move_the_median() -> None:
    result = two_sides()
    assert result.floor is not None
    assert (result.floor.p50, result.measured.p50) == (2, 5)
    assert result.floor.worst == 30
    assert result.measured.samples == 6
    assert result.measured.cpu_us == 201
    assert result.ratio == 2.5


def test_goals_are_judged_against_the_floor_of_the_same_run() -> None:
    result = two_sides()
    assert result.met is None
    for goal, met in (
        (above_floor(3.0, 3.0), True),
        (above_floor(2.9, 3.0), False),
        (above_floor(3.0, 2.9), False),
        (times_floor(2.5), True),
        (times_floor(2.4), False),
        (at_most(6), True),
        (at_most(5.9), False),
    ):
        result.goal = goal
        assert result.met is met, goal.words


def test_without_a_base_there_is_no_ratio() -> None:
    result = Result("b", "c", "s", base="")
    with pytest.raises(LookupError):
        result.as_json()
    result.add("roomd", 0, [1.0])
    assert result.as_json()["ratio"] is None
    assert result.as_json()["floor"] is None
