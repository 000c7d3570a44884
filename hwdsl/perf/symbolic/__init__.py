"""Exact link loads, hops, brackets and rates at L0: the cost follows the description of a network, not its number of links.

  uniform_loads      every ordered pair of distinct endpoints sends 1, under a routing, with or without failures
  invariant_loads    traffic that depends only on how far apart two vertices are
  uniform_max_min    max-min fair rates of the flows between all ordered pairs
  uniform_completion when the last of these flows ends, if all send alike and begin together
  bisection_bracket  proven bounds of the bisection, exact where they meet

All raise hwdsl.query.quotient.Refused with a reason where no symbolic method covers the question within its budget.
"""

from hwdsl.perf.symbolic.bisection import bisection_bracket as bisection_bracket
from hwdsl.perf.symbolic.fair import FlowRate as FlowRate
from hwdsl.perf.symbolic.fair import uniform_completion as uniform_completion
from hwdsl.perf.symbolic.fair import uniform_max_min as uniform_max_min
from hwdsl.perf.symbolic.invariant import invariant_loads as invariant_loads
from hwdsl.perf.symbolic.uniform import uniform_loads as uniform_loads
from hwdsl.query.factored.answer import LoadClass as LoadClass
from hwdsl.query.factored.answer import SymbolicLoads as SymbolicLoads
