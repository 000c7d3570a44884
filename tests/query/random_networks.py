"""Texts of random networks, to compare symbolic answers with those of the network written out."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st


@st.composite
def texts(draw: Any, shapes: tuple[tuple[int, int], ...]) -> str:
    """Arrays `a[n]`, `b[n][m]`, `c[n * m]`, `s[n]`, joined by rules of every form; each rule has ports of its own."""
    n, m = draw(st.sampled_from(shapes))
    arrays = {"a": (n,), "b": (n, m), "c": (n * m,), "s": (n,)}
    kinds = {"a": "A", "b": "B", "c": "C", "s": "S"}
    sizes = {"i": n, "j": n, "h": m, "x": n * m}
    ports: dict[str, list[str]] = {name: [] for name in arrays}
    rules = []

    def coordinate(size: int) -> str:
        names = [v for v in sizes if sizes[v] == size]
        name = draw(st.sampled_from(names)) if names else "0"
        shift = draw(st.integers(0, size - 1))
        if draw(st.booleans()):
            digits = {n * m: [f"{m} * i + h", f"i + {n} * h"], n: [f"x / {m}", f"x % {n}"], m: [f"x % {m}", f"x / {n}"]}
            chosen_digit: str = draw(st.sampled_from(digits[size]))
            return chosen_digit
        forms = [name, name, name, name, f"({name} + {shift}) % {size}", str(shift), f"{size - 1} - {name}"]
        if size == n:
            forms += [f"(i + j) % {n}", f"(i + h + 1) % {n}", f"(j + {n} - i) % {n}"]
        chosen: str = draw(st.sampled_from(forms))
        return chosen

    for k in range(draw(st.integers(1, 4))):
        ends = []
        for side in "pq":
            name = draw(st.sampled_from(sorted(arrays)))
            ports[name].append(f"port {side}{k}: L[{n}][{n}][{m}][{n * m}];")
            ends.append(f"{name}{''.join(f'[{coordinate(size)}]' for size in arrays[name])}.{side}{k}[i][j][h][x]")
        guard = draw(st.sampled_from(["", "", "", "where i < j", "where i != j", "where i == j", "where (i + j) % 2 == 0",
                                      "where i < 2", "where i == j and h == 0", "where (i + 1) % 3 == j"]))
        rules.append(f"    connect {ends[0]} <-> {ends[1]}  for i in 0..{n}, j in 0..{n}, h in 0..{m}, x in 0..{n * m} {guard};")
    if draw(st.booleans()):  # one more port of everything to every switch: nothing is out of reach
        for name, at, ranges in (("a", "[i]", f"i in 0..{n}"), ("b", "[i][h]", f"i in 0..{n}, h in 0..{m}"),
                                 ("c", "[x]", f"x in 0..{n * m}")):
            ports[name].append(f"port up: L[{n}];")
            ports["s"].append(f"port {name}: L{''.join(f'[{d}]' for d in arrays[name])};")
            rules.append(f"    connect {name}{at}.up[j] <-> s[j].{name}{at}  for {ranges}, j in 0..{n};")
    relay = draw(st.sampled_from(["true", "true", "false"]))
    return "\n".join([
        f"chip A {{ relay = true; {' '.join(ports['a'])} }}", f"chip B {{ relay = {relay}; {' '.join(ports['b'])} }}",
        f"chip C {{ relay = {relay}; {' '.join(ports['c'])} }}", f"switch S {{ {' '.join(ports['s'])} }}", "system Net {",
        *(f"    part {x}: {kinds[x]}{''.join(f'[{d}]' for d in arrays[x])};" for x in arrays), *rules, "}", "design = Net;"])
