"""Study blocks: `each`, parameters, settings, modes, mistakes, bounds."""

from __future__ import annotations

import pytest
from studying import CLOS, STAR, session_of

from hwdsl.api import Session
from hwdsl.perf.study import evaluate
from hwdsl.perf.study.operation import Operation
from hwdsl.perf.study.predict import predict
from hwdsl.perf.study.result import Prediction
from hwdsl.perf.study.run import run_studies
from hwdsl.perf.study.view import View

POD = STAR.replace("N]", "8]").replace("..N", "..8")


def test_each_is_cartesian_in_the_order_written() -> None:
    _, result = session_of(POD + "study s { all_reduce(algorithm = each [ring, tree], size = each [1 KiB, 2 KiB]); }")
    assert [(p.algorithm, p.size_text) for p in result.predictions] == [
        ("ring", "1 KiB"), ("ring", "2 KiB"), ("tree", "1 KiB"), ("tree", "2 KiB")]
    assert result.predictions[2].call == "all_reduce(algorithm = tree, size = 1 KiB)"


def test_settings_hold_for_all_calls_that_take_them() -> None:
    calls = "all_to_all(); all_reduce(size = 1 MiB); incast(root = 1);"
    _, result = session_of(POD + f"study s {{ size = 3 MiB; over = gpu[0..4]; {calls} }}")
    assert [(p.collective, p.size_text, p.ranks) for p in result.predictions] == [
        ("all_to_all", "3 MiB", 4), ("all_reduce", "1 MiB", 4), ("incast", "3 MiB", 4)]


def test_a_range_can_be_swept() -> None:
    _, result = session_of(POD + "study s { permutation(size = 1 MiB, by = each 1..4); }")
    assert [p.question.schedule for p in result.predictions] == [f"all at once: rank i to i + {k} (mod 8)" for k in (1, 2, 3)]


def test_parameters_of_a_study() -> None:
    text = POD + "study s(size: quantity = 1 MiB, n: int where n > 1) { all_to_all(over = gpu[0..n], size = size); }"
    session, result = session_of(text)
    assert [d.code for d in session.diagnostics.items] == ["HW2002"]
    assert not result.predictions
    session = Session(cache_dir=None)
    design = session.open_text(text)
    assert design is not None
    from hwdsl.query.ask import parse_query

    for value, expected in (("4", 4), ("1", 0)):
        given = parse_query(value, f"-P n{value}", session.diagnostics, session.sources)
        assert given is not None
        [result], _ = run_studies(design.root, design.module, session.hooks, session.diagnostics, parameters={"n": given})
        assert [p.ranks for p in result.predictions] == ([expected] if expected else [])
    assert [d.code for d in session.diagnostics.items] == ["HW2004"]


@pytest.mark.parametrize(("study", "code", "text"), [
    ("all_reduce(size = 1 MiB, algorithm = rign);", "HW6001", "no algorithm `rign`"),
    ("all_redcue(size = 1 MiB);", "HW6001", "`all_redcue` is no traffic a study knows"),
    ("all_reduce(1 MiB);", "HW6002", "arguments of `all_reduce` are named"),
    ("all_reduce(siez = 1 MiB);", "HW6002", "no argument `siez`"),
    ("all_reduce();", "HW6002", "needs `size`"),
    ("all_reduce(size = -1 MiB);", "HW6002", "negative"),
    ("all_reduce(size = 7);", "HW6002", "an amount of information"),
    ("all_reduce(size = each []);", "HW6002", "`each` of an empty list"),
    ("all_reduce(size = 1 MiB, link_latency = 3 m);", "HW6002", "a time such as"),
    ("all_reduce(size = 1 MiB, routing = ospf);", "HW6002", "no routing `ospf`"),
    ("all_reduce(size = 1 MiB, algorithm = hierarchical, group = 3);", "HW6002", "8 ranks do not divide into groups of 3"),
    ("all_to_all(over = gpu[3..3], size = 1 MiB);", "HW6003", "the selection is empty"),
    ("permutation(kind = transpose, size = 1 MiB);", "HW6002", "square number"),
    ("permutation(targets = [1, 0], size = 1 MiB);", "HW6002", "for each of the 8 ranks"),
    ("send_recv(src = gpu[0..2], dst = gpu[3], size = 1 MiB);", "HW6002", "2 senders and 1 receivers"),
    ("send_recv(src = sw, dst = gpu[3], size = 1 MiB);", "HW6002", "not among the endpoints"),
    ("incast(root = 8, size = 1 MiB);", "HW6002", "a rank from 0 to 7"),
    ("halo(shape = [3, 3], size = 1 MiB);", "HW6002", "9 places; there are 8 ranks"),
    ("moe_dispatch(experts = 4, top_k = 5, tokens = 1, hidden = 1);", "HW6002", "5 of 4 experts"),
    ("moe_dispatch(experts = 8, top_k = 2, tokens = 1, hidden = 1, imbalance = 0.5);", "HW6002", "load of the busiest rank"),
    ("all_to_all_v(matrix = [[0, 1], [2, 0]]);", "HW6005", "the matrix is 2 x 2, and 8 endpoints are selected"),
    ("sizes = 3; all_reduce(size = 1 MiB);", "HW6002", "no setting `sizes`"),
    ("under failed gpu[8] { all_reduce(size = 1 MiB); }", "HW6006", "what should fail does not exist"),
    ("under failed spine { all_reduce(size = 1 MiB); }", "HW6006", "what should fail does not exist"),
    ("under mode fast { all_reduce(size = 1 MiB); }", "HW3201", "has no mode `fast`"),
    ("all_reduce(size = 1 MiB, plane = gpu);", "HW5010", "expected a plane"),
    ("all_reduce(size = 1 MiB, over = gpu[*].x);", "HW5001", "are ports"),
])
def test_mistakes(study: str, code: str, text: str) -> None:
    """Each is reported once, and what stands beside it is still answered."""
    session, result = session_of(POD + f"study s {{ {study} all_to_all(size = 1 KiB); }}")
    [report] = session.diagnostics.items
    assert report.code == code, session.report()
    assert text in report.message
    assert result.predictions[-1].size_text == "1 KiB"


@pytest.mark.parametrize(("study", "code"), [
    ("all_reduce(size = 1 MiB, algorithm = rign);", "HW6001"), ("all_redcue(size = 1 MiB);", "HW6001"),
    ("under failed gpu[8] { all_to_all(size = 1 MiB); }", "HW6006"), ("under mode fast { all_to_all(size = 1 MiB); }", "HW3201"),
    ("under failed gpu[i] for i in 0..8 { all_to_all(sizes = 1 MiB); }", "HW6002"),
    ("over = **.gpo; all_to_all(size = 1 B);", "HW1001"), ("sizes = 1 MiB; all_to_all(size = 1 B);", "HW6002"),
    ("size = 1 MiB;", "HW6003")])
def test_check_sees_what_needs_no_evaluation(study: str, code: str) -> None:
    session = Session(cache_dir=None)
    session.check_text(POD + f"study s {{ {study} }}")
    assert [d.code for d in session.diagnostics.items] == [code], session.report()


def test_check_asks_nothing_of_studies_that_need_arguments() -> None:
    session = Session(cache_dir=None)
    session.check_text(POD + "study s(n: int) { all_to_all(over = gpu[0..n], sizes = 1); }")
    assert not session.diagnostics.items


def test_unpublished_latency_is_left_out_and_said() -> None:
    unknown = POD.replace("latency = 250 ns", "latency = unknown").replace(" latency = 0 ns;", "")
    _, result = session_of(unknown + "study s { size = 1 MiB; all_to_all(); all_to_all(link_latency = 250 ns); "
                                     "all_to_all(link_latency = 250 ns, switch_latency = 100 ns); }")
    none, links, both = result.predictions
    assert (none.missing, links.missing, both.missing) == (3, 1, 0)
    assert [p.latency for p in (none, links, both)] == pytest.approx([0, 500e-9, 600e-9])
    assert both.assumed == "links 250 ns, switches 100 ns"


def test_an_unpublished_rate_is_an_outcome() -> None:
    pod = POD.replace("net = 900 GB/s", "net = unknown")
    _, result = session_of(pod + "study s { size = 1 MiB; all_to_all(); all_reduce(); }")
    assert [p.outcome for p in result.predictions] == ["unknown", "unknown"]
    assert "gpu -> sw" in result.predictions[0].reason


@pytest.mark.parametrize("rate", ["200 Gb/s", "50 Gb/s"])
def test_no_prediction_lies_below_a_bound(rate: str) -> None:
    _, result = session_of(CLOS.replace("RATE", rate) + """
study s {
    size = each [1 KiB, 1 MiB, 1 GiB];
    all_reduce(algorithm = each [ring, tree, double_tree, halving_doubling, hierarchical, direct, in_network]);
    all_gather(algorithm = each [ring, tree, halving_doubling, hierarchical, direct]);
    reduce_scatter(algorithm = each [ring, tree, halving_doubling, hierarchical, direct]);
    broadcast(algorithm = each [ring, tree, direct, in_network]);
    all_to_all(schedule = each [concurrent, pairwise]);
    permutation(kind = each [shift, opposite, bit_reversal, transpose, random]);
    halo(periodic = each [true, false]);
    incast();
}
""")
    assert len(result.predictions) == 3 * 31
    for p in result.predictions:
        assert p.outcome == "time", p
        assert p.time == pytest.approx(p.latency + p.transfer)
        assert p.bounds, p.call
        assert p.gap is not None
        assert all(b.seconds <= (p.time or 0) * (1 + 1e-9) for b in p.bounds)


def test_the_default_study_asks_every_data_plane() -> None:
    _, result = session_of(POD)
    assert result.name == "default"
    assert [(p.collective, p.algorithm, p.size_text, p.plane) for p in result.predictions] == [
        (c, a, s, "star") for c, a in (("all_to_all", "direct"), ("all_reduce", "ring")) for s in ("1 MiB", "1 GiB")]


def test_an_interruption_keeps_what_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = predict, []

    def interrupted(view: View, op: Operation) -> Prediction:
        calls.append(op)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(view, op)

    monkeypatch.setattr(evaluate, "predict", interrupted)
    session = Session(cache_dir=None)
    design = session.open_text(POD + "study s { all_reduce(size = each [1 KiB, 2 KiB, 3 KiB, 4 KiB]); }")
    assert design is not None
    [result], whole = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert not whole
    assert result.stopped == "interrupted"
    assert [p.size_text for p in result.predictions] == ["1 KiB", "2 KiB"]


def test_traffic_between_all_pairs_is_not_listed_beyond_the_budget() -> None:
    """900 million flows would be listed; nothing is."""
    text = STAR.replace("N]", "30_000]").replace("..N", "..30_000")
    moe = "moe_dispatch(experts = 30_007, top_k = 8, tokens = 128, hidden = 7168);"
    both = "all_to_all(size = 1 MiB, schedule = each [concurrent, pairwise]);"
    session, result = session_of(text + f"study s {{ {moe} {both} }}")
    listed, uniform, rounds = result.predictions
    assert [p.outcome for p in (listed, uniform, rounds)] == ["refused", "time", "refused"]
    assert "83.8 GiB" in listed.reason
    assert "900,000,000 steps" not in listed.reason
    assert "899,970,000 steps" in rounds.reason
    assert [d.code for d in session.diagnostics.items] == ["HW6009", "HW6009"]


def test_over_the_memory_budget_is_refused_with_what_would_answer() -> None:
    text = CLOS.replace("RATE", "50 Gb/s") + "study s { permutation(kind = random, size = 1 MiB); all_to_all(size = 1 MiB); }"
    session = Session(cache_dir=None, memory_budget=1000)
    design = session.open_text(text)
    assert design is not None
    [result], _ = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    bound, symbolic = result.predictions
    assert (bound.outcome, bound.exact, bound.level) == ("time", False, "L0")
    assert symbolic.outcome == "time"
    text = text.replace("permutation(kind = random,", "incast(")
    design = session.open_text(text, "<again>")
    assert design is not None
    [result], _ = run_studies(design.root, design.module, session.hooks, session.diagnostics)
    assert [p.outcome for p in result.predictions] == ["refused", "time"]
    assert "the budget is" in result.predictions[0].reason
    assert "answered symbolically" in result.predictions[0].reason
    assert [d.code for d in session.diagnostics.items] == ["HW6009"]


def test_a_plane_in_pieces_is_asked_of_one_of_them() -> None:
    text = """
link Wire { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 50 ns; }
chip Gpu { port x: Wire; }
switch Sw { port p: Wire[4]; latency = 0 ns; }
node Server { part gpu: Gpu[4]; part sw: Sw; plane inside { connect gpu[i].x <-> sw.p[i]  for i in 0..4; } }
rack Rack { part server: Server[6]; }
design = Rack;
"""
    session, result = session_of(text)
    assert not session.diagnostics.items
    assert [(p.over, p.outcome) for p in result.predictions] == [
        ("server[*].gpu[*]", "unreachable"), *[("server[0].gpu[*]", "time")] * 4]
    assert result.predictions[1].time == pytest.approx(100e-9 + 3 / 4 * 2**23 / 100e9)
