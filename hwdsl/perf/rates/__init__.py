"""Max-min fair rates of flows on links, and what becomes of them while flows come and go.

Everything here takes arrays, not designs. A flow `f` uses the links `arc[start[f]:start[f + 1]]`, on each of them the part
`share` of itself (1 where it takes one path; less where it is split over several). Rates and capacities are in the same unit,
usually bit/s in one direction.

  fair_rates         all flows at once: every flow gets as much as it can without taking from one that has less
  class_rates        the same for classes of like flows and like links, in exact fractions
  completion_times   flows of given sizes that begin at given times, sharing max-min fairly from event to event
"""

from hwdsl.perf.rates.classes import class_rates
from hwdsl.perf.rates.fair import Rates, fair_rates
from hwdsl.perf.rates.simulation import Completion, completion_times

__all__ = ["Completion", "Rates", "class_rates", "completion_times", "fair_rates"]
