import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from drivers.commands import OutcomeKind
from roomd import messages
from roomd.messages import LANGUAGES, Language, both, params_of, table, words

NEEDED = """
not_allowed unknown_device unknown_command interlocked locked owned hold_required hold_lost
misconfigured stopping invalid_value need_full_state unsupported duty busy rate_limited no_reply
unreachable refused_by_device garbled mismatch restarted max_run no_limit not_authenticated bad_json
slow restart expired revoked unknown_type too_large config_kept config_conflict panel.missing
stop.unconfirmed stop.offline
"""
SHORTER = {"unknown_key.suggestion"}
"""Codes whose English leaves out what the Chinese, printed beside it, says already."""
ROOT = Path(__file__).parents[3]


def test_each_code_has_both_languages_with_the_same_params() -> None:
    zh, en = table("zh"), table("en")
    assert list(zh) == list(en)
    for code in zh:
        if code not in SHORTER:
            assert params_of(zh[code]) == params_of(en[code]), code
        assert zh[code].strip()
        assert en[code].strip()


def test_chinese_is_chinese_and_english_is_not() -> None:
    han = re.compile("[\u4e00-\u9fff]")
    without = {code for code, text in table("zh").items() if not han.search(text)}
    assert without == {"interlocked"}  # only the rule's own sentence
    assert not [code for code, text in table("en").items() if han.search(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quick_reading_is_what_yaml_says(language: Language) -> None:
    text = (ROOT / f"roomd/messages/{language}.yaml").read_text("utf-8")
    assert YAML(typ="safe", pure=True).load(text) == table(language)


def test_every_outcome_and_every_code_of_the_command_contract_has_words() -> None:
    needed = {*NEEDED.split(), *(f"outcome.{kind}" for kind in OutcomeKind)}
    assert needed <= table("en").keys()


def test_every_code_that_the_configuration_uses_has_words() -> None:
    found: set[str] = set()
    pattern = re.compile(
        r"(?:Problem\([^\"]*?|_report\([^\"]*?|_error\(|PydanticCustomError\(\s*|_refuse\([^\"]*?)\"([a-z_0-9]+)\""
    )
    for file in (ROOT / "roomd/config").rglob("*.py"):
        found.update(pattern.findall(file.read_text("utf-8")))
    found -= {"devices", "limit", "link", "name", "plan", "string_pattern_mismatch"}  # no codes
    assert len(found) > 40
    assert found <= table("en").keys()


def test_params_are_filled_in_and_a_missing_one_stays_visible() -> None:
    assert words("unknown_key", {"key": "x"}, "en") == 'unknown key "x"'
    assert words("unknown_key", {}, "en") == 'unknown key "{key}"'
    assert words("no_such_code", {}, "zh") == "no_such_code"
    assert words("value_too_low", {"limit": 1.0}, "en") == "too low; at least 1"


def test_a_text_for_a_given_parameter_is_preferred() -> None:
    assert "did you mean" in words("unknown_key", {"key": "x", "suggestion": "y"}, "en")


def test_a_parameter_in_two_languages_is_given_in_one() -> None:
    say = {"say": {"zh": "屏幕未关闭", "en": "The display is on"}}
    assert words("interlocked", say, "zh") == "屏幕未关闭"
    assert both("interlocked", say) == "屏幕未关闭 The display is on"


def test_words_never_run_anything_of_a_parameter() -> None:
    text = words("unknown_key", {"key": "{suggestion.__class__}{0}"}, "en")
    assert text == 'unknown key "{suggestion.__class__}{0}"'


def test_a_broken_table_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for line in ("no quotes: x", f"a: {json.dumps('x')}\na: {json.dumps('y')}", 'A: "x"'):
        (tmp_path / "en.yaml").write_text(line, "utf-8")
        monkeypatch.setattr(messages, "files", lambda _: tmp_path)
        with pytest.raises(ValueError, match=r"en\.yaml"):
            table.__wrapped__("en")
