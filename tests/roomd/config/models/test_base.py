import pytest
from pydantic import ValidationError

from roomd.config.models.room import PlanChoice, RoomFile


def test_errors_never_repeat_what_was_written() -> None:
    with pytest.raises(ValidationError) as caught:
        RoomFile.model_validate_json('{"broker": {"host": "h", "password": 77231}, "x": 77231}')
    assert "77231" not in str(caught.value)


def test_of_two_ways_to_write_a_value_only_the_one_that_was_written_is_spoken_of() -> None:
    with pytest.raises(ValidationError) as caught:
        RoomFile.model_validate_json(
            '{"schema": "roomd.room/1", "room": {"id": "r", "name": {"zh": "a"}}, "broker": {}}'
        )
    assert [error["type"] for error in caught.value.errors()] == ["missing"]
    assert PlanChoice is not None
