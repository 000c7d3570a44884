"""Studies that once were answered wrongly, or not at all: the smallest of each."""

from __future__ import annotations

import pytest
from wild_studies import CLOS, MODES, STAR

from hwdsl.api import Session
from hwdsl.perf.study.result import StudyResult
from hwdsl.perf.study.run import run_studies


def design(text: str, ranks: int = 4, rate: str = "100 Gb/s") -> str:
    return text.replace("COUNT", str(ranks)).replace("RATE", rate).replace("LATENCY", "100 ns")


def studied(text: str, study: str, memory: int = 2**31) -> tuple[Session, StudyResult]:
    session = Session(cache_dir=None)
    opened = session.open_text(text + f"study s {{ {study} }}")
    assert opened is not None, session.report()
    session.hooks.memory_budget = memory
    [result], whole = run_studies(opened.root, opened.module, session.hooks, session.diagnostics)
    assert whole
    return session, result


def times(text: str, study: str) -> list[float | None]:
    session, result = studied(text, study)
    assert not session.diagnostics.items, session.report()
    return [p.time for p in result.predictions]


def refused(session: Session, result: StudyResult) -> set[str]:
    assert {d.code for d in session.diagnostics.items} == {"HW6009"}, session.report()
    assert {p.outcome for p in result.predictions} == {"refused"}
    return {p.reason for p in result.predictions}


def test_a_plane_named_twice_is_there_once() -> None:
    planes = "plane = each [fabric, [fabric, fabric], [**.fabric, fabric]];"
    one, *others = times(design(STAR), f"{planes} all_to_all(size = 1 MiB);")
    assert others == [one, one]


def test_an_endpoint_named_twice_is_one_rank() -> None:
    _, result = studied(design(STAR), "all_to_all(over = each [gpu, [gpu[2], gpu]], size = 1 MiB);")
    assert [p.ranks for p in result.predictions] == [4, 4]
    assert result.predictions[0].time == pytest.approx(result.predictions[1].time)


def test_an_endpoint_inside_another() -> None:
    session, result = studied(design(STAR), "all_to_all(over = [self, gpu], size = 1 MiB);")
    [report] = session.diagnostics.items
    assert (report.code, result.predictions) == ("HW6002", ())
    assert "`over` names `self` and `gpu`, which lies in it" in report.message


def test_ranks_of_several_boxes_of_one_array() -> None:
    unlike = design(STAR).replace("s in 0..2; }", "s in 0..2 where s == 0 or i < 3; }")
    calls = "over = [gpu[3], gpu[0..3]]; size = 1 MiB; incast(root = each [0, gpu[3], 1, gpu[0]]);"
    one_link, by_part, *two_links = times(unlike, calls)
    assert one_link == by_part
    assert two_links[0] == two_links[1] == pytest.approx((one_link or 0.0) / 1.5, rel=0.01)
    _, result = studied(unlike, "over = [gpu[3], gpu[0..3]]; send_recv(src = gpu[3], dst = gpu[1], size = 1 MiB);")
    assert result.predictions[0].steps[0].pattern == "flows 0-2"


def test_matrices_that_look_alike_are_told_apart() -> None:
    spread = "[[0, 8, 8, 8], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]"
    paired = "[[0, 8, 0, 0], [8, 0, 0, 0], [0, 0, 0, 8], [0, 0, 8, 0]]"
    _, result = studied(design(STAR), f"matrix = each [{spread}, {paired}]; all_to_all_v();")
    first, second = result.predictions
    assert first.transfer == pytest.approx(3 * second.transfer)
    assert first.call != second.call


@pytest.mark.parametrize("ranks", [1, 2])
def test_few_ranks(ranks: int) -> None:
    calls = ("permutation(); permutation(by = 2); send_recv(src = gpu[0], dst = gpu[0]); "
             "moe_dispatch(experts = 1, top_k = 1, tokens = 1, hidden = 1); halo(); incast(); all_reduce();")
    session, result = studied(design(STAR, ranks), f"size = 1 MiB; {calls}")
    outcomes = [p.outcome for p in result.predictions]
    assert outcomes == (["refused"] * 7 if ranks == 1 else ["time", "refused", "refused", "time", "time", "time", "time"])
    assert {d.code for d in session.diagnostics.items} == {"HW6009"}


def test_nobody_to_share_with() -> None:
    reasons = refused(*studied(design(STAR), "permutation(by = 4, size = 1 MiB, sharing = each [fluid, max_min]);"))
    assert reasons == {"no rank sends anything to another"}


def test_many_experts_cost_no_loop() -> None:
    call = "moe_dispatch(experts = 1000000, top_k = 500000, tokens = 1, hidden = 8, deduplicate = true);"
    assert times(design(STAR), call)[0] == pytest.approx(200e-9 + 3 * 64 / 200e9)
    session, _ = studied(design(STAR), "moe_dispatch(experts = 1e30, top_k = 1, tokens = 1, hidden = 1);")
    assert ["at most 1,000,000" in d.message for d in session.diagnostics.items] == [True]


def test_an_imbalance_below_that_of_the_placement() -> None:
    call = "moe_dispatch(experts = 2, top_k = 1, tokens = 1, hidden = 1, imbalance = {});"
    session, _ = studied(design(STAR, 8), call.format(3))
    [report] = session.diagnostics.items
    assert "is at least 4, not 3" in report.message
    assert times(design(STAR, 8), call.format(4))


def test_slow_links_are_no_reason_to_find_no_optimum() -> None:
    best, split = times(design(CLOS, 4, "1 b/s"), "all_to_all(size = 1 MiB, routing = each [adaptive, ecmp]);")
    assert best == pytest.approx(split)


def test_over_the_memory_budget_with_failures() -> None:
    calls = "size = 1 MiB; under failed leaf[0] { all_to_all(); incast(); send_recv(src = gpu[0], dst = gpu[1]); }"
    session, result = studied(design(STAR), calls, memory=1000)
    [reason] = refused(session, result)
    assert "the flat arrays need about" in reason
    assert reason.count("KiB") == 2


def test_unequal_endpoints_are_held_to_what_all_of_them_move() -> None:
    """The slow rank need not move 2 (N - 1) / N V itself: others can add up for it."""
    unequal = design(STAR).replace("port x: Wire[2];", "port x: Wire[2]; port more: Wire;").replace(
        "s in 0..2; }", "s in 0..2; connect gpu[0].more <-> leaf[0].p[7]; }")
    _, result = studied(unequal, "all_reduce(size = 1 MiB, algorithm = each [ring, tree, double_tree, direct]);")
    for p in result.predictions:
        bound = next(b for b in p.bounds if b.name == "endpoint")
        assert bound.seconds == pytest.approx(2 * 3 * 2**23 / 900e9)


def test_what_fails_is_a_part() -> None:
    session, _ = studied(design(STAR), "under failed self { all_to_all(size = 1 MiB); }")
    assert [(d.code, d.message) for d in session.diagnostics.items] == [("HW6006", "what should fail is the whole design")]


def test_a_study_that_asks_nothing() -> None:
    session, _ = studied(design(STAR), "size = 1 MiB;")
    assert [(d.code, d.message) for d in session.diagnostics.items] == [("HW6003", "study `s` asks nothing")]


def test_who_has_no_link_is_named() -> None:
    _, result = studied(design(MODES), "under mode lonely { all_to_all(size = 1 MiB); }")
    assert "isolated, without any link: gpu[7]" in result.predictions[0].reason
    _, result = studied(design(STAR).replace("s in 0..2;", "s in 0..2 where i < 3;"), "all_to_all(over = gpu, size = 1 MiB);")
    assert "isolated, without any link: gpu[3]" in result.predictions[0].reason


def test_calls_say_which_of_several_values_they_take() -> None:
    _, result = studied(design(STAR), "size = each [1 KiB, 2 KiB]; over = each [gpu, gpu[0..2]]; all_to_all();")
    assert [p.call for p in result.predictions] == [
        "all_to_all(size = 1 KiB, over = gpu)", "all_to_all(size = 1 KiB, over = gpu[0..2])",
        "all_to_all(size = 2 KiB, over = gpu)", "all_to_all(size = 2 KiB, over = gpu[0..2])"]


@pytest.mark.parametrize(("study", "code", "words"), [
    ("all_to_all(size = gpu);", "HW6002", "not a selection of parts"),
    ("all_to_all(size = unknown);", "HW6002", "not unknown"),
    ("all_to_all(size = 1 MiB +- 1 KiB);", "HW6002", "not an interval (1 MiB +- "),
    ("all_to_all(size = 1 MiB, plane = gpu);", "HW5010", "expected a plane, found a selection of parts"),
    ("all_to_all(size = 1 MiB, plane = []);", "HW5010", "`plane` is an empty list"),
    ("all_to_all(size = 1 MiB, routing = gpu);", "HW6002", "a study has no routing `gpu`"),
    ("all_to_all(size = 1 MiB, routing = 1);", "HW6002", "`routing` is a word, not an integer (1)"),
    ("halo(size = 1 MiB, shape = []);", "HW6002", "`shape` lists the extents of the grid of ranks"),
    ("arrivals(load = 0.5, size = 1 MiB, count = 1e30);", "HW6002", "`count` is at most 1,000,000 flows"),
    ("all_to_all(size = 1e400 B);", "HW6002", "`size` is too large"),
    ("all_to_all_v(over = gpu[0..2], matrix = [[0, 1e400], [1, 0]]);", "HW6005", "an entry is too large"),
    ("all_to_all_v(matrix = [[]]);", "HW6005", "the matrix is empty"),
    ("under mode rings(4, 5) { all_to_all(size = 1 MiB); }", "HW2001", "the mode `rings` takes `size` alone"),
    ("under mode dark(4) { all_to_all(size = 1 MiB); }", "HW2001", "the mode `dark` takes no parameters"),
    ("under mode bright(4) { all_to_all(size = 1 MiB); }", "HW3201", "has no mode `bright`")])
def test_messages(study: str, code: str, words: str) -> None:
    text = MODES if "mode" in study else STAR
    session, _ = studied(design(text), study)
    [report] = session.diagnostics.items
    assert report.code == code
    assert words in report.message
    assert report.message.count("a selection of parts") <= 1


def test_a_routing_that_is_answered_symbolically_alone_is_known_all_the_same() -> None:
    [reason] = refused(*studied(design(STAR), "incast(size = 1 MiB, routing = local_global_local);"))
    assert "no routing model" not in reason


def test_a_rate_nobody_published_matters_only_where_flows_go() -> None:
    calls = "over = gpu[0]; size = 1 MiB; all_to_all(sharing = max_min); arrivals(load = 0.5, count = 20);"
    known = design(CLOS, 4, "unknown")
    assert all(t is not None for t in times(known, calls))
