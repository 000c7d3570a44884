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
    flows: list[simgrid.Comm] = []
    order = sorted(range(len(ends)), key=lambda f: problem["begin"][f])

    def driver() -> None:
        for f in order:
            if problem["begin"][f] > simgrid.Engine.clock:
                simgrid.this_actor.sleep_until(problem["begin"][f])
            flows.append(simgrid.Comm.sendto_async(*ends[f], int(problem["size"][f])))
        simgrid.Comm.wait_all(flows)

    simgrid.Actor.create("driver", ends[0][0], driver)
    before = process_time()
    engine.run()
    finish = [0.0] * len(ends)
    for f, flow in zip(order, flows):
        finish[f] = flow.finish_time
    print(json.dumps({"finish": finish, "seconds": process_time() - before}))


main()
