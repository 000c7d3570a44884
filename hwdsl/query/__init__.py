"""Questions about an elaborated design, each answered at the lowest IR level that can.

selection, lifted, select   what a path such as `pod[0].**.gpu` stands for
counting, media, rollup     counts, cables and modules, power and price: L0, cost independent of the number of links
quotient, cuts              hops, loads and bisection from symmetries verified on L0
functions/                  one file per family of query functions
hooks                       how names and functions of a design enter evaluation
checks, modes               asserts, requires, `under`
"""
