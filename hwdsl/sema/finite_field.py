"""Finite fields of q = p^k elements, and the planar difference sets they give: exact, small, deterministic.

Elements are numbered 0 .. q - 1. The number of an element, written in base p with the lowest digit first, is the coefficients of
a polynomial over the integers modulo p; 0 and 1 are the field's zero and one. Sums are taken digit by digit; products modulo the
first irreducible monic polynomial of degree k, candidates counted in the same way by their lower coefficients. For prime q all of
this is arithmetic modulo q.
"""

from __future__ import annotations

from math import isqrt

from hwdsl.node import Record

ORDER_LIMIT = 1_000_000
"""Elements of the largest field that is built."""
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def is_prime(n: int) -> bool:
    """Whether `n` is prime; exact below 3 * 10^24 (strong probable primes to the twelve smallest prime bases)."""
    if n < 2:
        return False
    for p in _WITNESSES:
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    return all(_strong(n, base, d, s) for base in _WITNESSES)


def _strong(n: int, base: int, d: int, s: int) -> bool:
    x = pow(base, d, n)
    if x in (1, n - 1):
        return True
    for _ in range(s - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def prime_power(n: int) -> tuple[int, int] | None:
    """(p, k) with n = p^k, p prime and k >= 1; None if there is none. `n` below 2^64."""
    for k in range(1, n.bit_length()):
        root = _root(n, k)
        if root**k == n and is_prime(root):
            return root, k
    return None


def _root(n: int, k: int) -> int:
    """floor of the k-th root of n > 0."""
    low, high = 1, 1 << (n.bit_length() // k + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**k <= n else (low, middle)
    return low


def prime_factors(n: int) -> list[int]:
    """Prime factors of 1 < n in ascending order, as often as they occur; by trial division, so for n up to some 10^12."""
    out = []
    d = 2
    while d <= isqrt(n):
        while n % d == 0:
            out.append(d)
            n //= d
        d += 1
    return [*out, n] if n > 1 else out


class Field(Record):
    """The field of p^k elements; `modulus` are the lower k coefficients of the irreducible polynomial, lowest first."""

    p: int
    k: int
    modulus: tuple[int, ...]

    @property
    def order(self) -> int:
        """Number of elements."""
        return int(self.p**self.k)

    def add(self, a: int, b: int) -> int:
        """a + b."""
        if self.k == 1:
            return (a + b) % self.p
        return self._number([x + y for x, y in zip(self._digits(a), self._digits(b))])

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        if self.k == 1:
            return (a - b) % self.p
        return self._number([x - y for x, y in zip(self._digits(a), self._digits(b))])

    def mul(self, a: int, b: int) -> int:
        """a * b."""
        if self.k == 1:
            return a * b % self.p
        x, y = self._digits(a), self._digits(b)
        product = [0] * (2 * self.k - 1)
        for i, s in enumerate(x):
            for j, t in enumerate(y):
                product[i + j] += s * t
        for i in range(2 * self.k - 2, self.k - 1, -1):  # x^i = -modulus * x^(i - k)
            for j, c in enumerate(self.modulus):
                product[i - self.k + j] -= product[i] * c
        return self._number(product[:self.k])

    def power(self, a: int, exponent: int) -> int:
        """a to a power >= 0."""
        out = 1
        while exponent:
            if exponent & 1:
                out = self.mul(out, a)
            a = self.mul(a, a)
            exponent >>= 1
        return out

    def primitive(self) -> int:
        """The element of least number whose powers are all elements but zero."""
        group = self.order - 1
        tests = [group // r for r in sorted(set(prime_factors(group)))] if group > 1 else []
        return next(g for g in range(1, self.order) if all(self.power(g, t) != 1 for t in tests))

    def _digits(self, a: int) -> list[int]:
        out = []
        for _ in range(self.k):
            a, digit = divmod(a, self.p)
            out.append(digit)
        return out

    def _number(self, digits: list[int]) -> int:
        out = 0
        for digit in reversed(digits):
            out = out * self.p + digit % self.p
        return out


def field(p: int, k: int) -> Field:
    """The field of p^k elements; p prime."""
    if k == 1:
        return Field(p, 1, (0,))
    divisors = [_coefficients(c, p, d) for d in range(1, k // 2 + 1) for c in range(p**d)]
    for number in range(p**k):
        lower = _coefficients(number, p, k)
        if all(any(_remainder((*lower, 1), (*d, 1), p)) for d in divisors):
            return Field(p, k, lower)
    raise AssertionError("every degree has an irreducible polynomial")


def _coefficients(number: int, p: int, size: int) -> tuple[int, ...]:
    return tuple(number // p**i % p for i in range(size))


def _remainder(a: tuple[int, ...], monic: tuple[int, ...], p: int) -> list[int]:
    """a modulo a monic polynomial, over the integers modulo p; coefficients lowest first."""
    rest, degree = list(a), len(monic) - 1
    for i in range(len(rest) - 1, degree - 1, -1):
        c = rest[i]
        for j in range(degree + 1):
            rest[i - degree + j] = (rest[i - degree + j] - c * monic[j]) % p
    return rest[:degree]


def difference_set(f: Field) -> list[int]:
    """q + 1 residues modulo n = q^2 + q + 1 whose differences are all of 1 .. n - 1, each once, in ascending order.

    J. Singer, A theorem in finite projective geometry and some applications to number theory, Trans. AMS 43, 1938: the points of
    the projective plane are the powers of one element of the field of q^3 elements up to scalars, and those on a line are such a
    set. Here the element is a root of the first cubic x^3 = c2 x^2 + c1 x + c0 (counted c0 fastest) whose powers go round all n
    points, and the line is where x^2 does not occur.
    """
    q = f.order
    n = q * q + q + 1
    for number in range(q**3):
        lower = (number % q, number // q % q, number // q**2)
        found = _line(f, lower, n) if lower[0] else None
        if found is not None:
            return found
    raise AssertionError("every field has a cubic extension")


def _line(f: Field, lower: tuple[int, int, int], n: int) -> list[int] | None:
    """The powers of x below n without x^2; None if some power before the n-th is a scalar."""
    out = []
    a, b, c = 1, 0, 0  # a + b x + c x^2
    for i in range(n):
        if c == 0:
            if b == 0 and i:
                return None
            out.append(i)
        a, b, c = f.mul(c, lower[0]), f.add(a, f.mul(c, lower[1])), f.add(b, f.mul(c, lower[2]))
    return out if b == c == 0 else None
