from pydantic import BaseModel, SecretStr

from roomd.config.look_through import look_through
from roomd.config.models import Words
from roomd.config.nodes import Secret
from roomd.config.yaml_reader import Budget, read_text


class Inner(BaseModel):
    pin: SecretStr | None = None
    note: str = ""


class Outer(BaseModel):
    name: Words | None = None
    inner: dict[str, list[Inner]] = {}


def found(text: str) -> list[tuple[str, str]]:
    root = read_text(text.encode(), "f", (), Budget())
    return [(p.code, p.dotted) for p in look_through(Outer, root, ("top",))]


def test_plain_secrets_are_found_in_what_does_not_validate_too() -> None:
    assert found("inner: {a: [{pin: 12, unknown: 1}, {pin: }]}\nname: [1]\n") == [
        ("secret_in_plain", "top.inner.a[0].pin")
    ]


def test_one_language_is_found_and_another_key_is_not_a_language() -> None:
    assert found("name: {en: Room}\n") == [("one_language", "top.name")]
    assert found("name: {fr: Salle}\n") == []


def test_a_secret_that_people_would_see() -> None:
    root = read_text(b"inner: {a: [{note: x, pin: y}]}\n", "f", (), Budget())
    items = root.entries["inner"].node.entries["a"].node.items[0].entries  # type: ignore[union-attr]  # known here
    for key in ("note", "pin"):
        items[key].node = Secret(items[key].node.place, "n", SecretStr("x"))
    assert [p.code for p in look_through(Outer, root, ())] == ["secret_shown"]
