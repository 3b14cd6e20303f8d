import contextlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roomd.config.nodes import Mapping, plain
from roomd.config.places import Place, Problem, Unreadable
from roomd.config.yaml_reader import Budget, read_text


def read(text: str) -> tuple[object, list[Problem]]:
    budget = Budget()
    return plain(read_text(text.encode(), "f", (), budget)), budget.problems


def ended(text: str) -> Problem:
    with pytest.raises(Unreadable) as caught:
        read(text)
    return caught.value.problem


@pytest.mark.parametrize(
    "written, meant",
    [
        ("true", True),
        ("false", False),
        ("'true'", "true"),
        ('"1"', "1"),
        ("17", 17),
        ("-3", -3),
        ("0", 0),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        ("1e3", "1e3"),
        ("2.4", "2.4"),
        (".inf", ".inf"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("no", "no"),
        ("True", "True"),
        ("null", "null"),
        ("~", "~"),
        ("12:30", "12:30"),
        ("2026-11-24", "2026-11-24"),
        ("", None),
        ("1" * 30, "1" * 30),
        ("|-\n  a\n  1", "a\n1"),
    ],
)
def test_only_true_false_and_plain_integers_are_not_text(written: str, meant: object) -> None:
    assert read(f"key: {written}\n") == ({"key": meant}, [])


def test_keys_are_always_text() -> None:
    assert read("on: 1\n1: 2\ntrue: 3\n") == ({"on": 1, "1": 2, "true": 3}, [])


def test_a_duplicate_key_names_both_places_and_the_first_one_counts() -> None:
    value, problems = read("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")
    assert value == {"a": 1, "b": {"c": 1, "d": 2}}
    assert [(p.code, p.path, p.params["first"], p.params["second"]) for p in problems] == [
        ("duplicate_key", ("b", "c"), "f:3:3", "f:5:3")
    ]


@pytest.mark.parametrize(
    "text, code, line, column",
    [
        ("a: &x 1\n", "yaml_anchor", 1, 4),
        ("a: 1\nb: *x\n", "yaml_alias", 2, 4),
        ("a:\n  <<: {b: 1}\n", "yaml_merge", 2, 3),
        ("a: !!python/object x\n", "yaml_tag", 1, 4),
        ("a: !!int 3\n", "yaml_tag", 1, 4),
        ("a: !foo [1]\n", "yaml_tag", 1, 4),
        ("a: !secret [x]\n", "yaml_tag_form", 1, 4),
        ("? [a]\n: 1\n", "yaml_key", 1, 3),
        ("%YAML 1.1\n---\na: on\n", "yaml_directive", 2, 1),
    ],
)
def test_what_is_refused_says_where(text: str, code: str, line: int, column: int) -> None:
    _, problems = read(text)
    assert [(p.code, p.place.line, p.place.column) for p in problems] == [(code, line, column)]


def test_an_alias_bomb_is_refused_at_its_first_anchor_and_never_grows() -> None:
    levels = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    levels += [
        f"{b}: &{b} [{', '.join('*' + a for _ in range(9))}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    value, problems = read("\n".join(levels))
    assert {p.code for p in problems} == {"yaml_anchor", "yaml_alias"}
    assert isinstance(value, dict)
    assert value["i"] == [None] * 9


@pytest.mark.parametrize(
    "text, code, line",
    [
        ("", "file_empty", 1),
        ("# only a comment\n", "file_empty", 2),
        ("a: 1\n---\nb: 2\n", "yaml_documents", 2),
        ("a: [1, 2\n", "yaml_syntax", 2),
        ("a: 1\n b: 2\n", "yaml_syntax", 2),
        ("\ta: 1\n", "yaml_syntax", 1),
        ("a: " + "[" * 33 + "]" * 33, "too_deep", 1),
        ("".join(" " * n + "- \n" for n in range(40)), "too_deep", 33),
        ("%YAML 99999999999.1\n---\na: 1\n", "yaml_syntax", 1),
        ("a: !<x y", "yaml_syntax", 1),
        ("? " * 20_000, "too_deep", 1),
        ("- " * 20_000, "too_deep", 1),
        ("[?" * 60, "too_deep", 1),
    ],
    ids=lambda value: str(value)[:16],
)
def test_what_ends_the_reading_says_where(text: str, code: str, line: int) -> None:
    problem = ended(text)
    assert (problem.code, problem.place.line) == (code, line)


def test_more_than_20000_keys_are_refused_also_where_the_coarse_count_misses_them() -> None:
    # An indented `? key` is no colon.
    text = "a: [" + ",\n".join(f"{{k{n}}}" for n in range(20_050)) + "]"
    assert ended(text).code == "too_many_keys"


def test_hundreds_of_mistakes_end_the_reading() -> None:
    assert ended("\n".join(f"k{n}: !foo 1" for n in range(300))).code == "yaml_tag"


def test_every_value_keeps_its_place() -> None:
    root = read_text("a: 1\n灯:\n  - x\n  - {b: 'two'}\n".encode(), "f", (), Budget())
    assert isinstance(root, Mapping)
    entry = root.entries["灯"]
    assert entry.key_place == Place("f", 2, 1, 1)
    item = entry.node.items[1]  # type: ignore[union-attr]  # the text above
    assert item.entries["b"].node.place == Place("f", 4, 9, 5)  # type: ignore[union-attr]  # known here


noise = st.text(alphabet=st.sampled_from("ab1 :-?[]{},&*!|>%@`'\"#\n\t~<=.灯"), max_size=60)


@given(noise)
@example("!")
@example("!<>")
@example("%")
@example("%TAG ! a\n--- !b c")
@example("? ")
@example("a: |9\n b")
def test_any_text_is_a_tree_or_a_problem(text: str) -> None:
    with contextlib.suppress(Unreadable):
        plain(read_text(text.encode(), "f", (), Budget()))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_or_a_problem(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        plain(read_text(raw, "f", (), Budget()))


@given(
    st.recursive(
        st.one_of(st.booleans(), st.integers(-999, 999), st.text("abc 灯:#-", max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.text("abc", min_size=1, max_size=4), inner, max_size=4),
        ),
        max_leaves=12,
    )
)
def test_what_json_writes_is_read_as_it_was(value: object) -> None:
    found, problems = read(json.dumps({"root": value}, ensure_ascii=False))
    assert found == {"root": value}
    assert not problems
