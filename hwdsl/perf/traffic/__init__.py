"""Who sends what to whom: traffic patterns over ranks, and collectives as phases of them.

Ranks number the endpoints of a study, in the order of its selection. Nothing here knows a network.
"""

from hwdsl.perf.traffic.pattern import Flows as Flows
from hwdsl.perf.traffic.pattern import Pattern as Pattern
from hwdsl.perf.traffic.pattern import Phase as Phase
