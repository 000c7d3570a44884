"""Attributes the compiler knows, with the dimension each must have, and the words that are values of themselves.

One table, used by the checker, the documentation and the language server. A component may carry attributes that are not listed:
they must not look like a misspelt listed one.
"""

from __future__ import annotations

LENGTH, POWER, MONEY, MASS, INFO, RATE, TIME, RATIO, COUNT, WORD, BOOL, TEXT, LIST, LOSS, LEVEL = (
    "length", "power", "money", "mass", "information", "information/time", "time", "ratio", "count", "word", "bool", "text",
    "list", "loss", "optical power",
)
ENERGY_BIT, OPS, VOLTAGE, CURRENT, TEMPERATURE, FLOW, VOLUME, LOSS_PER_LENGTH, ANY = (
    "energy/information", "operation/time", "voltage", "current", "temperature", "volume flow", "volume", "loss/length", "any",
)

ATTRIBUTES: dict[str, str] = {
    # body and place
    "height": LENGTH, "width": LENGTH, "depth": LENGTH, "length": LENGTH, "mass": MASS, "units": COUNT, "slots": COUNT,
    "rack_unit": WORD,
    # power and cooling
    "power": POWER, "own_power": POWER, "tdp": POWER, "rating": POWER, "voltage": VOLTAGE, "current": CURRENT, "cooling": WORD,
    "flow": FLOW, "temperature": TEMPERATURE, "die_power": POWER, "power_typ": POWER, "efficiency": RATIO, "autonomy": TIME,
    "phases": COUNT, "payload": MASS, "coolant": VOLUME,
    # money
    "price": MONEY, "own_price": MONEY, "own_mass": MASS,
    # memory and compute
    "memory": INFO, "memory_bandwidth": RATE, "fp4": OPS, "fp6": OPS, "fp8": OPS, "fp16": OPS, "bf16": OPS, "tf32": OPS,
    "fp32": OPS, "fp64": OPS, "int4": OPS, "int8": OPS,
    # links
    "lanes": COUNT, "raw": RATE, "net": RATE, "modulation": WORD, "encoding": WORD, "fec": WORD, "ber": RATIO,
    "energy": ENERGY_BIT, "latency": TIME, "reach": ANY, "media": LIST, "capacity": RATE, "budget": LOSS, "tx_power": ANY,
    "interoperates": LIST, "encoding_overhead": RATIO, "fec_overhead": RATIO, "fec_latency": TIME, "pre_fec_ber": RATIO,
    "serdes": WORD, "reach_copper": LENGTH, "reach_active": LENGTH, "reach_board": LENGTH, "reach_optical": LENGTH,
    # connectors, modules and media
    "pairs": COUNT, "halves": COUNT, "fibres": COUNT, "plugs": COUNT, "loss": LOSS, "delay": ANY, "stock": LIST,
    "diameter": LENGTH, "bend_radius": LENGTH, "fibres_per_link": COUNT, "fits": LIST, "connector": ANY, "sides": COUNT,
    "loss_per_length": LOSS_PER_LENGTH, "plug_loss": LOSS,
    # optics: wavelengths on one fibre; lanes of light where a gearbox makes them differ from those of the host
    "wavelength": LENGTH, "wavelengths": COUNT, "optical_lanes": COUNT, "retiming": WORD,
    "reach_om3": LENGTH, "reach_om4": LENGTH, "reach_om5": LENGTH, "budget_om3": LOSS, "budget_om4": LOSS, "budget_om5": LOSS,
    # behaviour
    "relay": BOOL, "status": WORD, "role": WORD, "note": TEXT, "switching_time": TIME, "medium": ANY, "severity": WORD,
    "part_number": TEXT, "vendor": TEXT, "slack": LENGTH, "fill": RATIO, "ratio": RATIO,
}

WORDS: frozenset[str] = frozenset("""
    liquid air immersion hybrid two_phase
    typ max min provisioned nominal verified unverified derived estimated
    nrz pam4 pam3 pam6 pam8 qam16 dp_16qam
    none rs528_514 rs544_514 rs544_514_hamming128_120 rs272_257 kp4 kr4 interleaved_ecc crc flit line_128b130b line_64b66b
    line_8b10b line_256b257b cei_xsr cei_vsr cei_mr cei_lr
    copper smf om3 om4 om5 os2 dac acc aec aoc dsp lro lpo backplane pcb trace
    failed planned absent spare active idle off dark through loopback
    unknown_side north south east west front rear left right top bottom
    error warning note
    holds wrong ambiguous
    ring tree in_network halving_doubling direct hierarchical pairwise
    chip memory switch engine ocs panel module board tray node rack row room power cooling system link cable fibre connector
    pathway facility plane U OU
""".split())  # noqa: SIM905 - the shorter way to write a table of words

COMPONENT_KINDS: frozenset[str] = frozenset((
    "chip", "memory", "switch", "engine", "ocs", "panel", "module", "board", "tray", "node", "rack", "row", "room", "power",
    "cooling", "system"))
MEDIUM_KINDS: frozenset[str] = frozenset(("cable", "fibre", "backplane", "trace"))
CONNECTOR_KINDS: frozenset[str] = frozenset(("connector", "module"))
OTHER_KINDS: frozenset[str] = frozenset(("link", "connector", "pathway", "workload"))
RELAYING_KINDS: frozenset[str] = frozenset(("switch",))

TYPE_NAMES: frozenset[str] = frozenset((
    "int", "bool", "str", "list", "quantity", "length", "power", "rate", "time", "money", "mass", "any", "port"))
"""Names that may stand as the type of a parameter, besides kinds, enums and components."""
