import pytest

from roomd.config.places import Place, Problem
from roomd.config.report import masked, report, width


def test_the_caret_stands_below_the_word_after_wide_characters() -> None:
    line = "name: {zh: 会议室, ne: Room}"
    place = Place("f", 1, line.index("ne") + 1, 2)
    text = report([Problem(place, ("name",), "unknown_key", {"key": "ne"})], {"f": line.encode()})
    shown, caret = text.splitlines()[1:]
    assert width(caret[: caret.index("^")]) == width(shown[: shown.index("ne:")])
    assert caret.count("^") == 2


@pytest.mark.parametrize(
    "line",
    [
        "password: hunter2",
        "broker: {host: h, password: hunter2, prot: 1}",
        "  pin: 'hunter2'  # his",
        'options: {"psk": "hunter2"}',
        "密码: hunter2",
        "api_token: hunter2, x: 1",
    ],
)
def test_what_may_be_a_secret_is_masked_and_the_rest_stays_in_place(line: str) -> None:
    shown, moved = masked(line, len(line))
    assert "hunter2" not in shown
    assert moved == len(shown)
    if "prot" in line:
        shown, moved = masked(line, line.index("prot"))
        assert shown[moved:].startswith("prot")


def test_a_reference_to_a_secret_is_shown() -> None:
    assert masked("password: !secret mqtt", 0)[0] == "password: !secret mqtt"


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    text = report([Problem(Place("f", 1, 501, 4), (), "yaml_key")], {"f": line.encode()})
    shown, caret = text.splitlines()[1:]
    assert len(shown) < 140
    assert shown[caret.index("^") : caret.index("^") + 4] == "HERE"


def test_a_file_that_is_not_at_hand_is_shown_without_its_line() -> None:
    problem = Problem(Place("gone", 7, 1), (), "file_missing", {"name": "gone"}, "warning")
    text = report([problem], {})
    assert text == "gone:7:1: 提醒 warning: 没有文件 gone no file gone\n"


def test_control_characters_never_reach_the_terminal() -> None:
    text = report([Problem(Place("f", 1, 1), (), "bad_character")], {"f": b"a\x1b[31m"})
    assert "\x1b" not in text
