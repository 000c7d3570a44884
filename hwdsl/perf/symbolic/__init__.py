"""Exact link loads, hops, brackets and rates at L0: the cost follows the description of a network, not its number of links."""

from hwdsl.perf.symbolic.answer import LoadClass as LoadClass
from hwdsl.perf.symbolic.answer import SymbolicLoads as SymbolicLoads
from hwdsl.perf.symbolic.uniform import uniform_loads as uniform_loads
