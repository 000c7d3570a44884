"""Networks of networks as text: cubes under a Clos, rings in pods, chips behind adapters, mixed products."""

from __future__ import annotations

NESTED = {
    "Clos of tori": """
chip Gpu { relay = true;  port p: L[4];  port up: L[2]; }
switch Tor { port d: L[6];  port u: L[2]; }
switch Spine { port d: L[2]; }
system S {
    part gpu: Gpu[2][3][2];  part tor: Tor[2][2];  part spine: Spine[2][2];
    connect gpu[c][x][y].p[0] <-> gpu[c][(x + 1) % 3][y].p[1]  for c in 0..2, x in 0..3, y in 0..2;
    connect gpu[c][x][y].p[2] <-> gpu[c][x][(y + 1) % 2].p[3]  for c in 0..2, x in 0..3, y in 0..2;
    connect gpu[c][x][y].up[q] <-> tor[c][q].d[2 * x + y]  for c in 0..2, x in 0..3, y in 0..2, q in 0..2;
    connect tor[c][q].u[s] <-> spine[q][s].d[c]  for c in 0..2, q in 0..2, s in 0..2;
}
design = S;
""",
    "ring of nodes of a switch, in pods": """
chip Gpu { port x: L; }
switch Chip { port p: L[2];  port next: L;  port last: L;  port up: L; }
switch Top { port d: L[12]; }
system S {
    part gpu: Gpu[3][4][2];  part chip: Chip[3][4];  part top: Top;
    connect gpu[p][i][g].x <-> chip[p][i].p[g]  for p in 0..3, i in 0..4, g in 0..2;
    connect chip[p][i].next <-> chip[p][(i + 1) % 4].last  for p in 0..3, i in 0..4;
    connect chip[p][i].up <-> top.d[4 * p + i]  for p in 0..3, i in 0..4;
}
design = S;
""",
    "chips behind their adapters": """
chip Gpu { port x: L; }
chip Nic { relay = true;  port h: L[2];  port n: L[2]; }
switch Leaf { port d: L[6];  port u: L; }
switch Top { port d: L[2]; }
system S {
    part gpu: Gpu[2][3][2];  part nic: Nic[2][3];  part leaf: Leaf[2];  part top: Top;
    connect gpu[l][n][g].x <-> nic[l][n].h[g]  for l in 0..2, n in 0..3, g in 0..2;
    connect nic[l][n].n[w] <-> leaf[l].d[2 * n + w]  for l in 0..2, n in 0..3, w in 0..2;
    connect leaf[l].u <-> top.d[l]  for l in 0..2;
}
design = S;
""",
    "line times ring times full mesh": """
chip Gpu { relay = true;  port p: L[8]; }
system S {
    part gpu: Gpu[4][3][3];
    connect gpu[x][y][z].p[0] <-> gpu[x + 1][y][z].p[1]  for x in 0..3, y in 0..3, z in 0..3;
    connect gpu[x][y][z].p[2] <-> gpu[x][(y + 1) % 3][z].p[3]  for x in 0..4, y in 0..3, z in 0..3;
    connect gpu[x][y][i].p[4 + j - 1] <-> gpu[x][y][j].p[6 + i]  for x in 0..4, y in 0..3, i in 0..3, j in 0..3 where i < j;
}
design = S;
""",
    "two k-hop rings": """
chip Gpu { relay = true;  port p: L[4];  port q: L[4]; }
system S {
    part gpu: Gpu[7][6];
    connect gpu[x][y].p[h] <-> gpu[(x + h + 1) % 7][y].p[2 + h]  for x in 0..7, y in 0..6, h in 0..2;
    connect gpu[x][y].q[h] <-> gpu[x][(y + 2 * h + 1) % 6].q[2 + h]  for x in 0..7, y in 0..6, h in 0..2;
}
design = S;
""",
    "one-way rings": """
chip Gpu { relay = true;  port up: L[2];  port down: L[2]; }
system S {
    part gpu: Gpu[6][3];
    connect gpu[i][j].up[0] -> gpu[(i + 1) % 6][j].down[0]  for i in 0..6, j in 0..3;
    connect gpu[i][j].up[1] -> gpu[i][(j + 1) % 3].down[1]  for i in 0..6, j in 0..3;
}
design = S;
""",
    "a one-way line closed by a ring": """
chip Gpu { relay = true;  port up: L[2];  port down: L[2]; }
system S {
    part gpu: Gpu[5];
    connect gpu[i].up[0] -> gpu[i + 1].down[0]  for i in 0..4;
    connect gpu[i].up[1] -> gpu[(i + 2) % 5].down[1]  for i in 0..5;
}
design = S;
""",
}
