"""Networks taken apart: pendant endpoints contracted, one block of vertices split into the factors of a Cartesian product.

contract                 endpoints that hang on one vertex become its weight
factors                  which coordinates of a block are independent
closed, rings            one-dimensional factors in closed form
generators, explicit     irregular factors written out, their candidate symmetries checked link by link
two_hops                 those of diameter two, from the numbers of common neighbours
polynomial, distances    hop counts of factors, multiplied
product, mesh, bounds    loads of factors put together again, and what they say of the bisection
answer                   what is answered

Proofs: docs/rationale/symbolic-methods.md.
"""
