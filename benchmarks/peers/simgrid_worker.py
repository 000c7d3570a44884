"""Runs under a Python that has SimGrid: flows over links as JSON in, their completion times and the CPU time of the run out.

Every flow has a route over its links between its two hosts. Model CM02: max-min sharing, latency before the first
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
    hosts = {k: zone.create_host(f"h{k}", 1e9).seal() for k in sorted({k for pair in problem["ends"] for k in pair})}
    ends = [(hosts[a], hosts[b]) for a, b in problem["ends"]]
    for (a, b), path in zip(ends, problem["paths"]):
        zone.add_route(a.netpoint, b.netpoint, None, None, [simgrid.LinkInRoute(links[k]) for k in path], False)
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
