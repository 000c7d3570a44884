"""Other tools on the same networks, where they are installed: networkx and rustworkx (a search, loads of all pairs), InfraGraph.

Loads of all pairs exist in the libraries as edge betweenness, which splits a pair over its paths by their number, not hop by hop.
On the torus taken here the two agree, because all links along a side are alike.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import partial
from typing import Any

import numpy as np

from benchmarks.network.loads import flat_search
from benchmarks.network.measure import family, from_rules, median, of_planes, seconds
from hwdsl.perf.flat import Fabric, fabric, loads, uniform
from hwdsl.perf.symbolic import uniform_loads


def against_libraries(quick: bool) -> None:
    """Print the comparison."""
    print("Other tools on the same networks (CPU time; graphs are built before, but for InfraGraph)")
    for name in ("networkx", "rustworkx"):
        if importlib.util.find_spec(name) is None:
            print(f"    {name}: skipped, not installed")
    _search("FatTree(k = 32)" if quick else "FatTree(k = 74)")
    _all_pairs("Torus(x = 4, y = 5, z = 6)" if quick else "Torus(x = 8, y = 9, z = 10)")
    _infragraph(8 if quick else 24)


def _edges(f: Fabric) -> list[tuple[int, int]]:
    one = f.bundles.tail < f.bundles.head
    return list(zip(f.bundles.tail[one].tolist(), f.bundles.head[one].tolist()))


def _graph(name: str, f: Fabric) -> Any:
    """The graph of a fabric in a library; None if it is not installed."""
    if importlib.util.find_spec(name) is None:
        return None
    library: Any = importlib.import_module(name)
    if name == "networkx":
        return library.Graph(_edges(f))
    graph = library.PyGraph(multigraph=False)
    graph.add_nodes_from(range(f.vertex_count))
    graph.add_edges_from_no_data(_edges(f))
    return graph


def _search_of(name: str, graph: Any, source: int) -> Any:
    """One breadth-first search by a library, as a call; rustworkx has it for directed graphs."""
    library: Any = importlib.import_module(name)
    if name == "networkx":
        return partial(library.single_source_shortest_path_length, graph, source)
    return partial(library.bfs_successors, graph.to_directed(), source)


def _search(component: str) -> None:
    """One breadth-first search, and all loads, of a large network."""
    root = family(component)
    f = fabric(root, None, None)
    source, walk = int(f.endpoints[0]), flat_search(f)
    walk()
    ours = median(walk, 5)
    symbolic = from_rules(root, None, uniform_loads, 11)
    print(f"    {component}, {len(f.endpoints):,} endpoints, {f.arc_count // 2:,} links: one BFS over arrays {seconds(ours)}; "
          f"loads of all links, symbolic {seconds(symbolic)}")
    for name in ("networkx", "rustworkx"):
        graph = _graph(name, f)
        if graph is None:
            continue
        spent = median(_search_of(name, graph, source), 3)
        print(f"        one BFS, {name} {seconds(spent)}: {spent / ours:.0f}x ours over arrays; our loads of all links take "
              f"{symbolic / spent:.2%} of it", flush=True)


def _all_pairs(component: str) -> None:
    """Loads of all links at a size where the libraries answer."""
    root = family(component)
    net = of_planes(root, None)
    f = fabric(root, None, None)
    found = uniform_loads(net)
    symbolic = from_rules(root, None, uniform_loads, 21)
    greatest = float(max(c.load for c in found.classes))
    loads(f, uniform())
    flat = median(partial(loads, f, uniform()), 3)
    print(f"    {component}: loads of all links, symbolic {seconds(symbolic)}, flat {seconds(flat)}")
    for name in ("networkx", "rustworkx"):
        graph = _graph(name, f)
        if graph is None:
            continue
        library: Any = importlib.import_module(name)
        work = partial(library.edge_betweenness_centrality, graph, normalized=False)
        spent = median(work, 1)
        theirs = float(np.max(list(dict(work()).values()))) if spent < 5 else greatest
        print(f"        {name} {seconds(spent)}: {spent / symbolic:,.0f}x symbolic, {spent / flat:.0f}x flat; greatest load "
              f"{greatest:g}, {'equal' if abs(theirs / greatest - 1) < 1e-9 else f'theirs {theirs:g}'}", flush=True)


def _infragraph(ports: int) -> None:
    """InfraGraph's own fat tree against ours: from the description to a graph that can be searched."""
    if importlib.util.find_spec("infragraph") is None:
        print("    InfraGraph: skipped, not installed (pip install infragraph)")
        return
    ours = median(lambda: fabric(family(f"FatTree(k = {ports})"), None, None), 3)
    f = fabric(family(f"FatTree(k = {ports})"), None, None)
    graph: list[Any] = []
    theirs = median(lambda: graph.append(_fat_tree(ports)), 1)
    print(f"    InfraGraph, its fat tree of {ports}-port switches, {len(f.endpoints):,} endpoints, {f.arc_count // 2:,} links: "
          f"from the description to the graph {seconds(theirs)} ({len(graph[0]):,} vertices: ports are vertices there), "
          f"{theirs / ours:.0f}x ours from text to arrays, {seconds(ours)}", flush=True)


def _fat_tree(ports: int) -> Any:
    model: Any = importlib.import_module("infragraph")
    service = importlib.import_module("infragraph.infragraph_service").InfraGraphService()
    switch = importlib.import_module("infragraph.blueprints.devices.generic.generic_switch").Switch(ports)
    fabric_of = importlib.import_module("infragraph.blueprints.fabrics.clos_fat_tree_fabric").ClosFatTreeFabric
    host = model.Device(name="host", description="one accelerator, one port")
    host.components.add(name="xpu", description="accelerator", count=1).choice = model.Component.XPU
    host.components.add(name="nic", description="port", count=1).choice = model.Component.NIC
    host.links.add(name="inside", description="accelerator to port")
    edge = host.edges.add(scheme=model.DeviceEdge.ONE2ONE, link="inside")
    edge.ep1.component, edge.ep2.component = "xpu[0]", "nic[0]"
    service.set_graph(fabric_of(switch, host, 3, [100, 100, 100]))
    return service.get_networkx_graph()
