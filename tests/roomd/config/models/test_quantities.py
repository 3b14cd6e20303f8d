import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from roomd.config.models.quantities import Duration, Size

DURATION: TypeAdapter[float] = TypeAdapter(Duration)
SIZE: TypeAdapter[float] = TypeAdapter(Size)


@pytest.mark.parametrize(
    "text, seconds", [("300ms", 0.3), ("5s", 5), ("2min", 120), ("1h", 3600), ("1.5 s", 1.5)]
)
def test_times(text: str, seconds: float) -> None:
    assert DURATION.validate_python(text) == pytest.approx(seconds)


def test_sizes() -> None:
    assert [SIZE.validate_python(t) for t in ("10B", "64KiB", "2MiB")] == [10, 65_536, 2_097_152]


@pytest.mark.parametrize(
    "value, kind",
    [
        (5, "needs_unit"),
        (5.5, "needs_unit"),
        ("5", "needs_unit"),
        (True, "needs_unit"),
        (None, "needs_unit"),
        ("5m", "bad_unit"),
        ("-5s", "bad_unit"),
        ("fast", "bad_unit"),
        ("25h", "less_than_equal"),
    ],
)
def test_what_is_no_time(value: object, kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DURATION.validate_python(value)
    assert caught.value.errors()[0]["type"] == kind


def test_what_is_no_size() -> None:
    for value in ("5KB", "-1KiB", "0B", 5):
        with pytest.raises(ValidationError):
            SIZE.validate_python(value)


@given(st.one_of(st.text(max_size=12), st.floats(), st.integers(), st.none(), st.lists(st.none())))
def test_anything_else_is_an_error_of_validation(value: object) -> None:
    try:
        assert DURATION.validate_python(value) >= 0
    except ValidationError:
        return
