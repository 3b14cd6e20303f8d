from roomd.config.places import Place, Problem, Unreadable, dotted, in_order


def test_a_path_is_written_with_dots_and_brackets() -> None:
    assert dotted(("rules", 2, "deny", "device")) == "rules[2].deny.device"
    assert dotted(()) == ""


def test_problems_are_sorted_by_place_and_told_once() -> None:
    late, early = Problem(Place("a", 9, 1), (), "x"), Problem(Place("a", 2, 5), (), "y")
    assert in_order([late, early, late]) == (early, late)


def test_the_outer_form() -> None:
    problem = Problem(Place("r.yaml", 4, 7, 3), ("devices", "a.b"), "unknown_key", {"key": "k"})
    assert problem.as_json() == {
        "file": "r.yaml",
        "line": 4,
        "column": 7,
        "path": "devices.a.b",
        "code": "unknown_key",
        "params": {"key": "k"},
    }
    assert problem.softened().severity == "warning"
    assert str(Unreadable(problem)) == "r.yaml:4:7: unknown_key"
