from __future__ import annotations

from drivers.commands import Priority, RetryClass
from drivers.declarative.points import point_specs
from drivers.declarative.specs import command_spec, merged_names, sending
from tests.drivers.declarative.stage import HEAD, made, shipped


def test_a_merged_command_takes_the_points_that_it_sends() -> None:
    definition = shipped("ac_tasmota_irhvac").definition
    points = {p.name: p for p in point_specs(definition, {})}
    spec = command_spec("set", definition, {}, points, None)
    assert set(spec.args) == {"power", "mode", "target", "fan"}
    assert all(arg.optional for arg in spec.args.values())
    assert (spec.merge, spec.answers, spec.timeout, spec.key) == (0.4, "gateway", 3.0, "merge.set")
    assert spec.assumed_wishes({"target": 20}) == {"target": 20}
    assert set(merged_names(definition.commands["set"], points)) == {
        "power",
        "mode",
        "target",
        "fan",
    }


def test_an_answer_of_the_device_is_what_confirms() -> None:
    definition = shipped("matrix_sis").definition
    spec = command_spec("route", definition, {"inputs": 8, "outputs": 4}, {}, None)
    assert spec.reported_wishes({"in": 1, "out": 3}) == {"out.3.input": 1}
    assert (spec.key_for({"in": 1, "out": 3}), spec.retries, spec.args["out"].maximum) == (
        "route.3",
        1,
        4,
    )


def test_classes() -> None:
    plan = made(
        HEAD
        + 'send: {ttl: 5s}\ncommands: {step: {text: "S", relative: true}, halt: {text: "H", priority: safety}}\n'
    )
    step, halt = (command_spec(n, plan.definition, {}, {}, None) for n in ("step", "halt"))
    assert (step.retry, step.retries, step.ttl) == (RetryClass.RELATIVE, 0, 5.0)
    assert (halt.retry, halt.priority) == (RetryClass.STOP, Priority.SAFETY)
    assert sending(plan.definition, plan.definition.commands["step"], "repeat") is None
