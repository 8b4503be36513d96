#!/usr/bin/env python3
"""Derives the polynomials of codegen/cpu/Math*.cpp: Remez exchange on a dense grid, coefficients rounded one after another.

usage: coefficients.py [NAME …]; needs mpmath. Prints one C++ array a polynomial, with interval and largest error. Each entry
says what is approximated by P(u), on which interval of u, and the weight of the error (that of the whole function).
"""
import sys

from mpmath import mp, mpf, matrix, lu_solve, exp, expm1, log, log1p, sin, cos, tan, atan, asin, tanh, sinh, erf, erfc, sqrt, pi

mp.prec = 220
GRID = 900


def rounded(c, bits: int):
    """To a float of 24 or 53 bits (no coefficient is near the ends of the range)."""
    save, mp.prec = mp.prec, bits
    value = +c
    mp.prec = save
    return value


def remez(us, gs, ws, first: int, count: int):
    """Coefficients c[first …] of sum c[k] u^k minimising max |w (g - P)| over the grid."""
    n = count + 1
    picks = [round((1 - cos(pi * i / (n - 1))) / 2 * (len(us) - 1)) for i in range(n)]
    picks = [int(p) for p in picks]
    coefficients = None
    for _ in range(60):
        a, b = matrix(n, n), matrix(n, 1)
        for row, p in enumerate(picks):
            for k in range(count):
                a[row, k] = ws[p] * us[p] ** (first + k)
            a[row, count] = (-1) ** row
            b[row] = ws[p] * gs[p]
        solution = lu_solve(a, b)
        coefficients = [solution[k] for k in range(count)]
        errors = []
        for u, g, w in zip(us, gs, ws):
            s = mpf(0)
            for c in reversed(coefficients):
                s = s * u + c
            errors.append(w * (g - s * u ** first))
        # The largest error of every run of one sign, then the n neighbouring runs with the largest errors.
        runs = []
        for i, e in enumerate(errors):
            if not runs or (errors[runs[-1]] < 0) != (e < 0):
                runs.append(i)
            elif abs(e) > abs(errors[runs[-1]]):
                runs[-1] = i
        while len(runs) > n:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        if len(runs) < n or runs == picks:
            break
        picks = runs
    return coefficients


def fit(name: str, what: str, function, low, high, count: int, weight, bits: int, fixed=()):
    """P's coefficients: as the exchange gives them, rounded; or each found again after those below it were rounded."""
    us = [low + (high - low) * (1 - cos(pi * (i + mpf(1) / 2) / GRID)) / 2 for i in range(GRID)]
    gs, ws = [function(u) for u in us], [weight(u) for u in us]
    def worst(coefficients):
        return max(abs(w * (g - sum(c * u ** k for k, c in enumerate(coefficients)))) for u, g, w in zip(us, gs, ws))

    done = [mpf(c) for c in fixed]
    rest = [g - sum(c * u ** k for k, c in enumerate(done)) for g, u in zip(gs, us)]
    choices = [done + [rounded(c, bits) for c in remez(us, rest, ws, len(done), count - len(done))]]
    while len(done) < count:
        c = rounded(remez(us, rest, ws, len(done), count - len(done))[0], bits)
        rest = [g - c * u ** len(done) for g, u in zip(rest, us)]
        done.append(c)
    choices.append(done)
    done = min(choices, key=worst)
    error = worst(done)
    digits = 9 if bits == 24 else 17
    print(f"// {what} for u in [{mp.nstr(low, 5)}, {mp.nstr(high, 5)}], error at most 2^{mp.nstr(log(error) / log(2), 4)}")
    print(f"constexpr double {name}[] = {{" + ", ".join(mp.nstr(c, digits, strip_zeros=True) for c in done) + "};", flush=True)


def series(function, terms):
    """function(u) near 0 by its Taylor series, where the quotient cancels."""
    return lambda u: function(u) if abs(u) > mpf(2) ** -40 else sum(mpf(c) * u ** k for k, c in enumerate(terms))


ln2 = log(mpf(2))
half = ln2 / 2 + mpf("1e-4")
quarter = pi / 4
third = mpf(1) / 3
one = lambda u: mpf(1)
# s = f / (2 + f), u = s*s: log(1 + f) = 2 atanh(s) = s (2 + u L(u))
atanh2 = lambda u: log((1 + sqrt(u)) / (1 - sqrt(u))) / sqrt(u)
smax = (sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)
oddly = lambda f, slope=1: lambda u: (f(sqrt(u)) / sqrt(u) - slope) / u
relative = lambda f: lambda u: u * sqrt(u) / f(sqrt(u))
S = mpf(2) ** -30  # below, grids of odd functions start: nothing happens nearer to 0

FITS = {
    # f32
    # used without the first two
    "exp32": ("exp(u)", exp, -half, half, 7, lambda u: 1 / exp(u), 24, (1, 1)),
    # used without the first
    "exp232": ("2^u", lambda u: exp(u * ln2), mpf(-0.5), mpf(0.5), 7, lambda u: exp(-u * ln2), 24, (1,)),
    "expm132": ("(exp(u) - 1 - u) / u^2", lambda u: (expm1(u) - u) / u ** 2, -half, half, 6, lambda u: u ** 2 / expm1(u), 24),
    "log32": ("(log(1 + u) - u + u^2/2) / u^3", lambda u: (log1p(u) - u + u * u / 2) / u ** 3, -third, third, 9,
              lambda u: u ** 3 / log1p(u), 24),
    "sin32": ("(sin(x) - x) / x^3, u = x^2", oddly(sin), S, (quarter + mpf("0.02")) ** 2, 4, relative(sin), 24),
    "cos32": ("(cos(x) - 1 + x^2/2) / x^4, u = x^2", lambda u: (cos(sqrt(u)) - 1 + u / 2) / u ** 2, S,
              (quarter + mpf("0.02")) ** 2, 3, lambda u: u ** 2 / cos(sqrt(u)), 24),
    "asin32": ("(asin(x) - x) / x^3, u = x^2", oddly(asin), S, mpf("0.2502"), 5, relative(asin), 24),
    "atan32": ("(atan(x) - x) / x^3, u = x^2", oddly(atan), S, mpf(1), 9, relative(atan), 24),
    "tanh32": ("(tanh(x) - x) / x^3, u = x^2", oddly(tanh), S, mpf("0.56") ** 2, 5, relative(tanh), 24),
    "sinh32": ("(sinh(x) - x) / x^3, u = x^2", oddly(sinh), S, mpf(1), 4, relative(sinh), 24),
    "erf32": ("-log(erfc(u)) / u - 1", lambda u: -log(erfc(u)) / u - 1, S, mpf("3.93"), 9,
              lambda u: u * erfc(u) / erf(u), 24),
    "erfExp32": ("(1 - exp(-u) - u) / u^2", lambda u: (1 - exp(-u) - u) / u ** 2, -half, half, 6,
                 lambda u: u ** 2 / ((1 if u > 0 else 2) - exp(-u)), 24),
    # f64 used for f32: good to about 2^-36
    "log2Short": ("log2(1 + f) / s, s = f / (2 + f), u = s^2", lambda u: atanh2(u) / ln2, S, smax ** 2, 5,
                  lambda u: ln2 / atanh2(u), 53),
    "exp2Short": ("2^u", lambda u: exp(u * ln2), mpf(-0.5), mpf(0.5), 8, lambda u: exp(-u * ln2), 53, (1,)),
    # f64
    "exp64": ("(exp(u) - 1 - u) / u^2", lambda u: (expm1(u) - u) / u ** 2, -half, half, 11, lambda u: u ** 2 / exp(u), 53),
    "expm164": ("(exp(u) - 1 - u - u^2/2) / u^3", lambda u: (expm1(u) - u - u * u / 2) / u ** 3, -half, half, 11,
                lambda u: u ** 3 / expm1(u), 53),
    "log64": ("(log(1 + f) / s - 2) / u, s = f / (2 + f), u = s^2", lambda u: (atanh2(u) - 2) / u, S, mpf("0.0295"), 7,
              lambda u: u / atanh2(u), 53),
    "sin64": ("(sin(x) - x + x^3/6) / x^5, u = x^2", lambda u: (sin(sqrt(u)) / sqrt(u) - 1 + u / 6) / u ** 2, S,
              (quarter + mpf("0.001")) ** 2, 6, lambda u: u ** 2 * sqrt(u) / sin(sqrt(u)), 53),
    "cos64": ("(cos(x) - 1 + x^2/2) / x^4, u = x^2", lambda u: (cos(sqrt(u)) - 1 + u / 2) / u ** 2, S,
              (quarter + mpf("0.001")) ** 2, 6, lambda u: u ** 2 / cos(sqrt(u)), 53),
    "asin64": ("(asin(x) - x) / x^3, u = x^2", oddly(asin), S, mpf("0.2502"), 13, relative(asin), 53),
    "atan64": ("(atan(x) - x) / x^3, u = x^2", oddly(atan), S, mpf("0.1717") , 11, relative(atan), 53),
    "tanh64": ("(tanh(x) - x) / x^3, u = x^2", oddly(tanh), S, mpf("0.55") ** 2, 12, relative(tanh), 53),
    "sinh64": ("(sinh(x) - x) / x^3, u = x^2", oddly(sinh), S, mpf(1), 9, relative(sinh), 53),
    "erf64": ("erf(x) / x - 1, u = x^2", lambda u: erf(sqrt(u)) / sqrt(u) - 1, S, mpf(1), 14,
              lambda u: sqrt(u) / erf(sqrt(u)), 53),
    "pow64": ("(atanh(s)/s - 1 - u/3) / u^2, u = s^2", lambda u: (atanh2(u) / 2 - 1 - u / 3) / u ** 2, S, mpf("0.0295"), 8,
              lambda u: u ** 2, 53),
    "erfMiddle64": ("log(erfc(u + 1.5))", lambda u: log(erfc(u + mpf("1.5"))), mpf("-0.51"), mpf("0.51"), 15,
                    lambda u: erfc(u + mpf("1.5")), 53),
    "erfTail64": ("log(erfc(u + 4))", lambda u: log(erfc(u + 4)), mpf("-2.01"), mpf(2), 15, lambda u: erfc(u + 4), 53),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FITS:
        what, function, low, high, count, weight, bits, *fixed = FITS[name]
        fit(name, what, function, low, high, count, weight, bits, *fixed)
