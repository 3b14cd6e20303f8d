from __future__ import annotations

import re

from drivers.declarative.problems import WORDS, DefinitionError, Place, Problem


def test_every_code_has_both_languages_with_the_same_parameters() -> None:
    for code, (zh, en) in WORDS.items():
        assert re.search("[\u4e00-\u9fff]", zh), code
        assert not re.search("[\u4e00-\u9fff]", en), code
        assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en)), code


def test_problems_stand_in_the_order_of_the_file() -> None:
    late, early = (Problem(Place("f", n, 1), ("a",), "quote_it") for n in (9, 2))
    error = DefinitionError([late, early])
    assert [p.place.line for p in error.problems] == [2, 9]
    assert early.as_json() == {
        "file": "f", "line": 2, "column": 1, "path": "a", "code": "quote_it", "params": {}
    }  # fmt: skip
