"""The one table: code -> words for people, in Chinese and English.

Each line of `zh.yaml` and `en.yaml` is `code: "words"` with `{params}`, so that reading it needs
no YAML parser. A code that has a form with more words for a given parameter stands as
`code.parameter` (`unknown_key.suggestion`).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal, cast

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_LINE = re.compile(r"([a-z][a-z0-9_.]*): (\".*\")\Z")
_PARAM = re.compile(r"\{(\w+)\}")


@functools.cache
def table(language: Language) -> Mapping[str, str]:
    """Return code -> words of one language.

    Raises:
        ValueError: a line of the table has another form; a test keeps that from shipping.
    """
    text = files(__name__).joinpath(f"{language}.yaml").read_text("utf-8")
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None or match[1] in found:
            raise ValueError(f"{language}.yaml:{number}: not a line of the table, or a second one")
        found[match[1]] = json.loads(match[2])
    return found


def known(code: str) -> bool:
    """Tell whether there are words for a code."""
    return code in table("en")


def params_of(words_text: str) -> frozenset[str]:
    """Return the names of the parameters that a text needs."""
    return frozenset(_PARAM.findall(words_text))


def words(code: str, params: Mapping[str, Any], language: Language) -> str:
    """Return the words for a code.

    A code without words is shown as itself, a missing parameter as `{name}`.

    A parameter that is a text in two languages (`{"zh": …, "en": …}`) is given in `language`.
    """
    texts = table(language)
    special = next((f"{code}.{p}" for p in sorted(params) if f"{code}.{p}" in texts), code)
    return _PARAM.sub(lambda m: _param(params, m[1], language), texts.get(special, code))


def both(code: str, params: Mapping[str, Any]) -> str:
    """Return the words in Chinese, then in English, on one line."""
    return " ".join(dict.fromkeys(words(code, params, language) for language in LANGUAGES))


def _param(params: Mapping[str, Any], name: str, language: Language) -> str:
    if name not in params:
        return "{" + name + "}"
    value = params[name]
    if isinstance(value, Mapping):
        value = cast("Mapping[str, object]", value).get(language, "")
    return f"{value:g}" if isinstance(value, float) else str(value)
