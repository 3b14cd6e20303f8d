import pytest
from pydantic import ValidationError

from roomd.config.models.texts import Words


def kind(text: str) -> str:
    with pytest.raises(ValidationError) as caught:
        Words.model_validate_json(text)
    return caught.value.errors()[0]["type"]


def test_one_language_serves_both() -> None:
    words = Words.model_validate_json('{"en": "Table"}')
    assert (words["zh"], words["en"], words["fr"]) == ("Table", "Table", "Table")


def test_both_languages() -> None:
    words = Words.model_validate_json('{"zh": "桌", "en": "Table"}')
    assert (words["zh"], words["en"]) == ("桌", "Table")


@pytest.mark.parametrize(
    "text, expected",
    [
        ('"Table"', "words_form"),
        ("{}", "words_empty"),
        ('{"zh": " ", "en": "x"}', "words_empty"),
        ('{"zh": "a\\u202eb", "en": "x"}', "text_control"),
        ('{"zh": "a\\nb", "en": "x"}', "text_control"),
        ('{"zh": 1, "en": "x"}', "string_type"),
        ('{"fr": "x"}', "extra_forbidden"),
    ],
)
def test_what_is_no_name(text: str, expected: str) -> None:
    assert kind(text) == expected


def test_a_name_is_at_most_64_characters() -> None:
    assert kind('{"zh": "' + "字" * 65 + '"}') == "string_too_long"
