"""The published figures of the example machines, asked one by one.

Each row is a file of `examples/`, a query and the exact text of its answer. Sources of the figures stand beside the asserts in
the files; here they are asked from outside, so that an assert that was lost or weakened is noticed.
"""

from __future__ import annotations

import pytest

from hwdsl.api import Design, Session
from tests.examples.machines import EXAMPLES, answer

NVL72 = [
    ("count(B200)", "72"),
    ("count(Grace)", "36"),
    ("count(NVSwitch5)", "18"),
    ("count(ConnectX7)", "72"),
    ("count(BlueField3)", "36"),
    ("count(rack)", "1"),
    ("count(tray)", "27"),
    ("count(links(nvlink))", "1296"),
    ("count(pairs(nvlink))", "5184"),
    ("count(assemblies(nvlink))", "4"),
    ("count(cables(nvlink))", "0"),
    ("count(modules(nvlink))", "0"),
    ("count(fabric[*].chip[*].port[* where .used])", "1296"),
    ("count(fabric[8].chip[1].port[* where .used])", "72"),
    ("sum(**.gpu.nvl.rate)", "64.8 TB/s"),
    ("sum(**.gpu.bf16)", "180 PFLOPS"),
    ("rate(compute[0].gpu[0] -> fabric[0].chip[0])", "50 GB/s"),
    ("diameter(**.gpu, plane = nvlink)", "2"),
]

CLOUDMATRIX384 = [
    ("count(Ascend910C)", "384"),
    ("count(AscendDie)", "768"),
    ("count(Kunpeng)", "192"),
    ("count(Qingtian)", "48"),
    ("count(CmNode)", "48"),
    ("count(rack)", "16"),
    ("count(UbL1)", "336"),
    ("count(UbL2)", "112"),
    ("count(links(ub))", "5376"),
    ("count(links(**.ub))", "10752"),
    ("count(links(ub.sub[3]))", "768"),
    ("count(links(vpc))", "48"),
    ("count(modules(ub))", "5376"),
    ("count(modules(rdma))", "1536"),
    ("count(modules(ub)) + count(modules(rdma))", "6912"),
    ("count(modules(vpc))", "0"),
    ("count(cables(ub))", "2688"),
    ("raw(rate(cabinet[0].node[0].l1[0].up[0]))", "28 GB/s"),
    ("raw(rate(cabinet[0].node[0].l1[0].up[*]))", "448 GB/s"),
    ("raw(rate(cabinet[0].node[0].npu[0].die[*].ub[*]))", "392 GB/s"),
    ("raw(rate(cabinet[0].node[0].l1[*].up[*]))", "3136 GB/s"),
    ("raw(rate(cabinet[0].node[0].npu[*].die[*].ub[*]))", "3136 GB/s"),
    ("rate(cabinet[0].node[0].l1[0].up[0])", "25 GB/s"),
    ("sum(**.npu.die.roce.rate)", "153.6 Tb/s"),
]

# DGX H100 user guide, table 6: cage, port, ConnectX, GPU; the modules hold CX0 to CX3 each, the first one serves cages 1 and 2.
CAGES = [(1, 1, 0, 7), (1, 2, 1, 4), (2, 1, 2, 6), (2, 2, 3, 5), (3, 1, 2, 2), (3, 2, 3, 1), (4, 1, 0, 3), (4, 2, 1, 0)]

DGX_H100 = [
    ("count(H100)", "8"),
    ("count(NVSwitch3)", "4"),
    ("count(links(nvlink))", "144"),
    *[(f"count(gpu[{g}].nvl[* where .used])", "18") for g in range(8)],
    *[(f"count(nvs[{s}].port[* where .used])", str(n)) for s, n in enumerate((40, 32, 32, 40))],
    *[(f"count(nvs[{s}].port[* where .carried])", str(n)) for s, n in enumerate((20, 16, 16, 20))],
    *[(f"rate(gpu[3] -> nvs[{s}])", f"{25 * n} GB/s") for s, n in enumerate((5, 4, 4, 5))],
    *[(f"rate(cage[{c}])", "800 Gb/s") for c in range(4)],
    *[(f"count(links(pex[{gpu // 2}].down[{2 + gpu % 2}], nic[{(cage - 1) // 2}][{cx}]))", "1") for cage, _, cx, gpu in CAGES],
    *[(f"count(links(pex[{gpu // 2}].down[{gpu % 2}], gpu[{gpu}]))", "1") for _, _, _, gpu in CAGES],
    ("sum(gpu[*].memory)", "640 GB"),
    ("power(self)", "10.2 kW"),
]

SCALE = [
    ("count(Ascend910C)", "24576"),
    ("count(links(**.scale_out))", str(64 * 1152 + 128 * 96 * 2)),
]

CASES = [
    (file, query, text)
    for file, rows in (("nvl72.hw", NVL72), ("cloudmatrix384.hw", CLOUDMATRIX384), ("dgx_h100.hw", DGX_H100), ("scale.hw", SCALE))
    for query, text in rows
]


@pytest.fixture(scope="module")
def designs() -> dict[str, Design]:
    """Every example once."""
    session = Session()
    found = {file: session.open(str(EXAMPLES / file)) for file in {case[0] for case in CASES}}
    return {file: design for file, design in found.items() if design is not None}


@pytest.mark.parametrize(("file", "query", "text"), CASES, ids=[f"{f}: {q}" for f, q, _ in CASES])
def test_published_figure(designs: dict[str, Design], file: str, query: str, text: str) -> None:
    assert answer(designs[file], query) == text


SCALES = [1, 31, 32, 33, 64, 96, 2605, 8192]


@pytest.mark.parametrize("supernodes", SCALES)
def test_scale_out_is_legal_for_any_number_of_supernodes(supernodes: int) -> None:
    session = Session()
    design = session.open(str(EXAMPLES / "scale.hw"), parameters={"supernodes": str(supernodes)})
    assert design is not None
    assert not session.diagnostics.has_errors
    blocks = -(-supernodes // 32)
    bundle = max(f for f in range(1, 97) if 96 % f == 0 and f * blocks <= 256)
    cores = 96 // bundle if blocks > 1 else 0
    assert answer(design, "count(Ascend910C)") == str(384 * supernodes)
    assert answer(design, "count(Tomahawk6)") == str(128 * (blocks + cores))
    assert answer(design, "count(links(**.scale_out))") == str(1152 * supernodes + (128 * 96 * blocks if cores else 0))


def test_every_assert_of_the_examples_holds_or_is_known_to_be_undecided() -> None:
    undecided = {"nvl72.hw": 1, "nvl72_all_in.hw": 1, "press_claims.hw": 1}  # the switch trays' power is not published
    for path in sorted(EXAMPLES.glob("*.hw")):
        session = Session()
        design = session.open(str(path))
        assert design is not None
        outcomes = [check.outcome for check in design.checks]
        assert outcomes, path.name
        assert "failed" not in outcomes, path.name
        assert outcomes.count("undecided") == undecided.get(path.name, 0), path.name
