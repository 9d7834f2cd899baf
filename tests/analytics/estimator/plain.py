"""Steps C and D once more, in plain loops and from the specification alone: what the fast code is held against.

One platform, no decay, fewer than 25 clients and contributors (default components), one task group a client.
"""

from __future__ import annotations

from itertools import groupby
from math import exp, expm1, inf, log, log1p
from statistics import mean, median

SIGMA, S_B, TAU, GAMMA = 0.95, 1.05, 0.70, 0.6
SUBMITTED = ("submitted", "approved", "rejected", "paid")


def clip(value, low, high):
    return min(max(value, low), high)


def grouped(rows, key):
    return {name: list(members) for name, members in groupby(sorted(rows, key=key), key=key)}


def middles(rows, x):
    """One contributor's median at each client."""
    return [median(x(r) for r in rs) for rs in grouped(rows, lambda r: r["client_key"]).values()]


def believable(rows):
    """Step C1: (row, seconds)."""
    clients = grouped(rows, lambda r: r["client_key"])
    counted = {
        c for c, rs in clients.items() if len({r["contributor"] for r in rs if r["outcome"] in SUBMITTED}) >= 5
    } or set(clients)

    def x(r):
        return log(r["reward"] / r["seconds"])

    own = grouped(
        [r for r in rows if r["outcome"] in SUBMITTED and r["client_key"] in counted], lambda r: r["contributor"]
    )
    centre = median(median(middles(rs, x)) for rs in own.values())
    width = 3 * (TAU**2 + S_B**2 + SIGMA**2) ** 0.5
    for cell in grouped(rows, lambda r: (r["client_key"], r["contributor"])).values():
        told = [x(r) for r in cell if r["outcome"] in SUBMITTED]
        low, high = (median(told) - 2.5 * SIGMA, median(told) + 2.5 * SIGMA) if len(told) >= 3 else (-inf, inf)
        for r in cell:
            moved = max(x(r), low)
            if r["outcome"] in SUBMITTED:
                moved = min(moved, high)
            moved = max(moved, centre - width)
            if r["outcome"] in SUBMITTED:
                moved = min(moved, centre + width)
            r["seconds"] = r["reward"] / exp(moved)
    return rows, counted


def cell_of(rows):
    """Steps C2 and C3 for one contributor at one place."""
    done = [r for r in rows if r["outcome"] in SUBMITTED]
    decided = [r for r in done if r["credited"] is not None]
    cell = {
        "paid": (sum(r["credited"] or 0.0 for r in rows), sum(r["reward"] for r in decided)),
        "kept": (sum(r["seconds"] for r in done), sum(r["seconds"] for r in rows)),
        "y": None,
    }
    if done:
        total = sum(r["reward"] for r in done)
        n = total**2 / sum(r["reward"] ** 2 for r in done)
        cell["s2"] = log1p(expm1(SIGMA**2) / n)
        cell["y"] = log(total / sum(r["seconds"] for r in done) * 3600) - cell["s2"] / 2
        cell["level"] = mean(log(r["reward"]) for r in done)
    return cell


def centre_of(cells):
    """Step D5 with equal votes: (m, V, K)."""
    votes = [c for c in cells if c["y"] is not None]
    if not votes:
        return None, inf, 0
    s = (S_B**2 + mean(c["s2"] for c in votes)) ** 0.5

    def pull(m):
        return sum(clip((c["y"] - m) / s, -0.8, 0.8) for c in votes)

    middle = median(c["y"] for c in votes)
    if abs(pull(middle)) < 1e-9:
        return middle, s**2 / (0.865 * len(votes)), len(votes)
    low, high = min(c["y"] for c in votes), max(c["y"] for c in votes)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if pull(middle) > 0 else (low, middle)
    return (low + high) / 2, s**2 / (0.865 * len(votes)), len(votes)


def share_of(cells, name, most):
    """Step D8: (K, Q, Var Q) with all omega 1."""
    pairs = [(clip(num, 0, most * den), den) for num, den in (c[name] for c in cells) if den > 0]
    if not pairs:
        return 0, None, 0.0
    typical = median(den for _, den in pairs)
    pairs = [(num * min(1, typical / den), den * min(1, typical / den)) for num, den in pairs]
    nums, dens, k = sum(n for n, _ in pairs), sum(d for _, d in pairs), len(pairs)
    if k == 1:
        return 1, nums / dens, 0.0
    without = [(nums - n) / (dens - d) for n, d in pairs]
    return k, nums / dens, (k - 1) / k * sum((q - mean(without)) ** 2 for q in without)


def shrunk(k, own, parent, most):
    return clip((k * (own or 0.0) + 10 * parent) / (k + 10), 0.02, most)


def believe(cells, parent):
    """Steps D6 to D9 for one group under its parent {theta, var, level, paid, kept}."""
    m, v, k = centre_of(cells)
    levels = [c["level"] for c in cells if c["y"] is not None]
    level = median(levels) if levels else parent["level"]
    mu = parent["theta"] + GAMMA * (level - parent["level"])
    b = v / (v + TAU**2) if k else 1.0
    theta = (1 - b) * m + b * mu if k else mu
    var = 1.25 * (((1 - b) * v if k else TAU**2) + b**2 * parent["var"])
    answer = {"theta": theta, "var": var, "level": level, "k": k, "var_eff": var}
    for name, most in (("paid", 2.0), ("kept", 1.0)):
        count, q, var_q = share_of(cells, name, most)
        if name == "paid" and k >= 5 > count:
            count, q, var_q = 0, None, 0.0
        answer[name] = shrunk(count, q, parent[name], most)
        answer["var_eff"] += (count / (count + 10)) ** 2 * min(var_q / answer[name] ** 2, 4.0)
    return answer


def top(cells):
    """What everybody together says: no parent."""
    m, v, _ = centre_of(cells)
    answer = {"theta": m, "var": v, "level": median(c["level"] for c in cells if c["y"] is not None)}
    for name, most in (("paid", 2.0), ("kept", 1.0)):
        _, q, _ = share_of(cells, name, most)
        answer[name] = clip(1.0 if q is None else q, 0.02, most)
    return answer


def typical(of_client):
    """A contributor's mean vote over the clients that speak: cells of the anchor."""
    persons = {}
    for cells in of_client.values():
        for person, cell in cells.items():
            persons.setdefault(person, []).append(cell)
    anchor = []
    for own in persons.values():
        told = [c for c in own if c["y"] is not None]
        cell = {name: tuple(map(sum, zip(*(c[name] for c in own), strict=True))) for name in ("paid", "kept")}
        cell["y"] = mean(c["y"] for c in told) if told else None
        if told:
            cell["s2"] = mean(c["s2"] for c in told) / len(told)
            cell["level"] = mean(c["level"] for c in told)
        anchor.append(cell)
    return anchor


def clients(rows):
    """Every client's answer, by key."""
    rows, counted = believable(rows)
    of_client = {
        client: {person: cell_of(own) for person, own in grouped(rs, lambda r: r["contributor"]).items()}
        for client, rs in grouped(rows, lambda r: r["client_key"]).items()
    }
    anchor = typical({c: cells for c, cells in of_client.items() if c in counted})
    house = believe(anchor, top(anchor))
    return {client: believe(list(cells.values()), house) for client, cells in of_client.items()}
