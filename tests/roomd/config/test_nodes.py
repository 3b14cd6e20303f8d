import pytest
from pydantic import SecretStr

from roomd.config.nodes import (
    Broken,
    Entry,
    Mapping,
    Node,
    Scalar,
    Secret,
    Sequence,
    child,
    decimal,
    locate,
    plain,
    scalar_value,
)
from roomd.config.places import Place

AT = Place("f", 1, 1)


def scalar(text: str, *, quoted: bool = False) -> Scalar:
    return Scalar(AT, text, plain=not quoted)


def tree() -> Mapping:
    inner: list[Node] = [scalar("x"), Mapping(AT, {"b": Entry(Place("f", 2, 2), scalar("1"))})]
    return Mapping(AT, {"a": Entry(Place("f", 1, 5), Sequence(AT, inner))})


@pytest.mark.parametrize(
    "text, number",
    [
        ("2.4", 2.4),
        ("-0.5", -0.5),
        ("00.5", None),
        ("1.", None),
        (".5", None),
        ("1e3", None),
        ("5", None),
    ],
)
def test_a_decimal_is_a_number_only_in_this_form(text: str, number: float | None) -> None:
    assert decimal(scalar(text)) == number
    assert decimal(scalar(text, quoted=True)) is None


def test_quoted_text_is_never_converted() -> None:
    assert [scalar_value(scalar(t, quoted=True)) for t in ("true", "1", "")] == ["true", "1", ""]


def test_plain_gives_secrets_as_text_and_broken_values_as_nothing() -> None:
    root = Sequence(AT, [Secret(AT, "n", SecretStr("x")), Broken(AT)])
    assert plain(root) == ["x", None]


def test_locate_goes_as_far_as_the_path_exists() -> None:
    spot = locate(tree(), ("a", 1, "b"))
    assert (spot.path, spot.key_place.line, spot.whole) == (("a", 1, "b"), 2, True)
    spot = locate(tree(), ("a", "list[int]", 1, "none"))
    assert (spot.path, spot.whole) == (("a", 1), False)


def test_child_of_a_value_is_nothing() -> None:
    assert child(scalar("x"), "a") is None
    assert child(tree(), 0) is None
    assert child(Sequence(AT, []), -1) is None
