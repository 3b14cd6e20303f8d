import pytest

from drivers import errors as driver_errors
from roomd import errors, messages
from roomd.errors import Interlocked, RoomError, UnknownDevice

FAMILY = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, RoomError) and kind is not RoomError
]


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_a_code_is_the_class_name_and_has_words_and_a_status(kind: type[RoomError]) -> None:
    assert kind.code == snake(kind.__name__)
    assert messages.known(kind.code)
    assert 400 <= kind.status < 600


def test_codes_of_drivers_have_words() -> None:
    for kind in vars(driver_errors).values():
        if isinstance(kind, type) and issubclass(kind, driver_errors.DriverError):
            assert messages.known(kind.code)


def test_params_are_kept_for_the_words() -> None:
    error = UnknownDevice(device="lihgts", suggestion="lights")
    assert "lights" in messages.words(error.code, error.params, "en")
    assert str(error) == "unknown_device"
    assert Interlocked("fire", say={"zh": "火警", "en": "Fire"}).rule == "fire"
