import enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from roomd.config.checking import check
from roomd.config.nodes import Broken, Mapping
from roomd.config.places import Place
from roomd.config.yaml_reader import Budget, read_text


class Colour(enum.StrEnum):
    WARM = "warm"
    COLD = "cold"


class Options(BaseModel):
    """As a driver's author may write it."""

    model_config = ConfigDict(extra="forbid")

    count: Annotated[int, Field(ge=1, le=9)] = 1
    flag: bool = False
    colour: Colour = Colour.WARM
    side: Literal["left", "right"] = "left"
    pair: tuple[int, int] = (0, 0)
    text: Annotated[str, Field(min_length=2, max_length=4, pattern="^[a-z]+$")] = "ab"
    level: float | None = None
    items: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    bad: str = ""

    @field_validator("bad")
    @classmethod
    def _bad(cls, value: str) -> str:
        match value:
            case "value":
                raise ValueError("says why")
            case "type":
                raise TypeError("a slip of the author")
            case "own":
                raise PydanticCustomError("needs_unit", "x", {"example": "5s"})
            case "unknown":
                raise PydanticCustomError("made_up_code", "x")
            case _:
                return value

    @model_validator(mode="after")
    def _whole(self) -> Any:
        if self.count == 9:
            raise ValueError("nine is too many")
        return self


def result(text: str) -> tuple[Options | None, list[tuple[str, str, dict[str, Any], int]]]:
    root = read_text(text.encode(), "f", (), Budget())
    found, problems = check(Options, root, ("o",), Place("f", 1, 1))
    return found, [(p.code, p.dotted, dict(p.params), p.place.column) for p in problems]


@pytest.mark.parametrize(
    "text, code, path, params, column",
    [
        ("{cuont: 1}", "unknown_key", "o", {"key": "cuont", "suggestion": "count"}, 2),
        ("{zz: 1}", "unknown_key", "o", {"key": "zz"}, 2),
        ("{count: x}", "expected_integer", "o.count", {}, 9),
        ("{count: '1'}", "expected_integer", "o.count", {}, 9),
        ("{count: 1.5}", "expected_integer", "o.count", {}, 9),
        ("{count: 0}", "value_too_low", "o.count", {"limit": 1}, 9),
        ("{count: 10}", "value_too_high", "o.count", {"limit": 9}, 9),
        ("{count: 9}", "bad_value", "o", {"reason": "nine is too many"}, 1),
        ("{flag: on}", "expected_boolean", "o.flag", {}, 8),
        ("{flag: 1}", "expected_boolean", "o.flag", {}, 8),
        (
            "{side: lfet}",
            "not_one_of",
            "o.side",
            {"allowed": "left, right", "suggestion": "left"},
            8,
        ),
        ("{colour: [1]}", "not_one_of", "o.colour", {"allowed": "warm, cold"}, 2),
        ("{text: 12}", "expected_text", "o.text", {}, 8),
        ("{text: a}", "text_too_short", "o.text", {"limit": 2}, 8),
        ("{text: abcde}", "text_too_long", "o.text", {"limit": 4}, 8),
        ("{text: A1}", "bad_form", "o.text", {"pattern": "^[a-z]+$"}, 8),
        ("{level: high}", "expected_number", "o.level", {}, 9),
        ("{items: 3}", "expected_list", "o.items", {}, 9),
        ("{items: []}", "list_too_short", "o.items", {"limit": 1}, 9),
        ("{items: [1, 2, 3]}", "list_too_long", "o.items", {"limit": 2}, 9),
        ("{items: [1, x]}", "expected_integer", "o.items[1]", {}, 13),
        ("[1]", "expected_mapping", "o", {}, 1),
        ("{bad: value}", "bad_value", "o.bad", {"reason": "says why"}, 7),
        ("{bad: type}", "bad_value", "o", {"reason": "wrong type"}, 1),
        ("{bad: own}", "needs_unit", "o.bad", {"example": "5s"}, 7),
        ("{bad: unknown}", "bad_value", "o.bad", {"reason": "made_up_code"}, 7),
    ],
)
def test_every_kind_of_mistake_has_a_code_and_a_place(
    text: str, code: str, path: str, params: dict[str, Any], column: int
) -> None:
    assert result(text) == (None, [(code, path, params, column)])


def test_yaml_text_becomes_enums_tuples_and_numbers() -> None:
    found, problems = result("{colour: cold, pair: [1, 2], level: 2.5, text: ab}")
    assert problems == []
    assert found is not None
    assert (found.colour, found.pair, found.level) == (Colour.COLD, (1, 2), 2.5)


def test_about_a_broken_value_nothing_more_is_said() -> None:
    root = read_text(b"{count: 1, zz: 1}", "f", (), Budget())
    assert isinstance(root, Mapping)
    root.entries["count"].node = Broken(Place("f", 1, 1))
    _, problems = check(Options, root, (), Place("f", 1, 1))
    assert [p.code for p in problems] == ["unknown_key"]
