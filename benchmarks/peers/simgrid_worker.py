"""Runs under a Python that has SimGrid: flows over links as JSON in, their completion times and the CPU time of the run out.

Every flow has a host of its own at either end and a route over its links. Model CM02: max-min sharing, latency before the first
bit, no cross traffic, no limit from a TCP window.
"""

import json
import sys
from time import process_time


def main() -> None:
    problem = json.load(sys.stdin)
    import simgrid

    engine = simgrid.Engine(["peer", "--cfg=network/model:CM02", "--cfg=network/crosstraffic:0", "--cfg=network/TCP-gamma:0",
                             "--cfg=network/latency-factor:1", "--cfg=network/bandwidth-factor:1", "--cfg=network/weight-S:0",
                             "--cfg=surf/precision:1e-15", "--cfg=maxmin/precision:1e-12", "--log=root.thres:critical"])
    zone = simgrid.NetZone.create_full_zone("all")
    latency = problem["latency"]
    links = [zone.create_link(f"l{k}", [c]).set_latency(latency).seal() for k, c in enumerate(problem["capacity"])]
    ends = []
    for f, path in enumerate(problem["paths"]):
        a, b = zone.create_host(f"a{f}", 1e9).seal(), zone.create_host(f"b{f}", 1e9).seal()
        route = [simgrid.LinkInRoute(links[k]) for k in path]
        zone.add_route(a.netpoint, b.netpoint, None, None, route, False)
        ends.append((a, b))
    zone.seal()
    finish = [0.0] * len(ends)

    def sender(f: int) -> None:
        this = simgrid.this_actor
        if problem["begin"][f] > 0:
            this.sleep_until(problem["begin"][f])
        simgrid.Comm.sendto_async(*ends[f], int(problem["size"][f])).wait()
        finish[f] = simgrid.Engine.clock

    for f in range(len(ends)):
        simgrid.Actor.create(f"f{f}", ends[f][0], sender, f)
    before = process_time()
    engine.run()
    print(json.dumps({"finish": finish, "seconds": process_time() - before}))


main()
