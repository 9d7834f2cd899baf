"""Steps C and D once more, in plain loops and from the specification alone: what the fast code is held against.

One platform, no decay, fewer than 25 clients and contributors (default tau and gamma, sigma_e and s_b split from T), one
task group a client.
"""

from __future__ import annotations

from itertools import combinations, groupby
from math import exp, expm1, inf, log, log1p, sqrt
from statistics import mean, median

S_B, TAU, GAMMA = 1.05, 0.70, 0.6
SUBMITTED = ("submitted", "approved", "rejected", "paid")


def clip(value, low, high):
    return min(max(value, low), high)


def grouped(rows, key):
    return {name: list(members) for name, members in groupby(sorted(rows, key=key), key=key)}


def middles(rows, x):
    """One contributor's median at each client."""
    return [median(x(r) for r in rs) for rs in grouped(rows, lambda r: r["client_key"]).values()]


def total_variance(of_client):
    """T^2 of step D11, from lists of log rates by client."""
    gaps = [(x - y) ** 2 / (2 * 0.6745**2) for values in of_client for x, y in combinations(values, 2)]
    n = sum(map(len, of_client))
    if not gaps:
        return 0.49
    return exp((n * log(median(gaps)) + 5 * log(0.49)) / (n + 5)) if median(gaps) > 0 else 0.0


def believable(rows):
    """Step C1: (row, seconds)."""
    clients = grouped(rows, lambda r: r["client_key"])
    voted = {c for c, rs in clients.items() if len({r["contributor"] for r in rs if r["outcome"] in SUBMITTED}) >= 5}
    counted = voted or set(clients)

    def x(r):
        return log(r["reward"] / r["seconds"])

    done = [r for r in rows if r["outcome"] in SUBMITTED]
    own = grouped([r for r in done if r["client_key"] in counted], lambda r: r["contributor"])
    of_client = grouped([r for r in done if r["client_key"] in voted], lambda r: r["client_key"]).values()
    cells = [
        [median(x(r) for r in cell) for cell in grouped(rs, lambda r: r["contributor"]).values()] for rs in of_client
    ]
    sigma = max(0.2, min(0.95, sqrt(0.45 * total_variance(cells))))
    centre = median(median(middles(rs, x)) for rs in own.values())
    width = 3 * (TAU**2 + S_B**2 + sigma**2) ** 0.5
    for cell in grouped(rows, lambda r: (r["client_key"], r["contributor"])).values():
        told = [x(r) for r in cell if r["outcome"] in SUBMITTED]
        low, high = (median(told) - 2.5 * sigma, median(told) + 2.5 * sigma) if len(told) >= 3 else (-inf, inf)
        for r in cell:
            moved = max(x(r), low)
            if r["outcome"] in SUBMITTED:
                moved = min(moved, high)
            moved = max(moved, centre - width)
            if r["outcome"] in SUBMITTED:
                moved = min(moved, centre + width)
            r["seconds"] = r["reward"] / exp(moved)
    return rows, voted, counted


def cell_of(rows, sigma):
    """Steps C2 and C3 for one contributor at one place."""
    done = [r for r in rows if r["outcome"] in SUBMITTED]
    decided = [r for r in done if r["credited"] is not None]
    cell = {
        "paid": (sum(r["credited"] or 0.0 for r in rows), sum(r["reward"] for r in decided)),
        "submitted": sum(r["reward"] for r in done),
        "kept": (sum(r["seconds"] for r in done), sum(r["seconds"] for r in rows)),
        "y": None,
    }
    if done:
        total = sum(r["reward"] for r in done)
        n = total**2 / sum(r["reward"] ** 2 for r in done)
        cell["s2"] = log1p(expm1(sigma**2) / n)
        cell["y"] = log(total / sum(r["seconds"] for r in done) * 3600) - cell["s2"] / 2
        cell["level"] = mean(log(r["reward"]) for r in done)
    return cell


def centre_of(cells, s_b2):
    """Step D5 with equal votes: (m, V, K)."""
    votes = [c for c in cells if c["y"] is not None]
    if not votes:
        return None, inf, 0
    s = (s_b2 + mean(c["s2"] for c in votes)) ** 0.5

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


def is_decided(cells):
    """Step D8 for an archive: at least half of the submitted pay is decided, one contributor one voice."""
    pairs = [(c["paid"][1], c["submitted"]) for c in cells if c["submitted"] > 0]
    if not pairs:
        return False
    typical = median(den for _, den in pairs)
    voices = [(num * min(1, typical / den), den * min(1, typical / den)) for num, den in pairs]
    return sum(num for num, _ in voices) >= 0.5 * sum(den for _, den in voices)


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


def believe(cells, parent, s_b2, needs_half=True):
    """Steps D6 to D9 for one group under its parent {theta, var, level, paid, kept}."""
    m, v, k = centre_of(cells, s_b2)
    levels = [c["level"] for c in cells if c["y"] is not None]
    level = median(levels) if levels else parent["level"]
    mu = parent["theta"] + GAMMA * (level - parent["level"])
    b = v / (v + TAU**2) if k else 1.0
    theta = (1 - b) * m + b * mu if k else mu
    var = 1.25 * (((1 - b) * v if k else TAU**2) + b**2 * parent["var"])
    answer = {"theta": theta, "var": var, "level": level, "k": k, "var_eff": var}
    for name, most in (("paid", 2.0), ("kept", 1.0)):
        count, q, var_q = share_of(cells, name, most)
        if name == "paid":
            answer["is_own"] = (is_decided(cells) or not needs_half) and count > 0 and not k >= 5 > count
            if not answer["is_own"]:
                count, q, var_q = 0, None, 0.0
        answer[name] = shrunk(count, q, parent[name], most)
        answer["var_eff"] += (count / (count + 10)) ** 2 * min(var_q / answer[name] ** 2, 4.0)
    return answer


def top(cells, s_b2):
    """What everybody together says: no parent."""
    m, v, _ = centre_of(cells, s_b2)
    answer = {"theta": m, "var": v, "level": median(c["level"] for c in cells if c["y"] is not None)}
    for name, most in (("paid", 2.0), ("kept", 1.0)):
        _, q, _ = share_of(cells, name, most)
        answer[name] = clip(1.0 if q is None else q, 0.02, most)
    answer["is_own"] = share_of(cells, "paid", 2.0)[0] > 0
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
        cell["submitted"] = sum(c["submitted"] for c in own)
        cell["y"] = mean(c["y"] for c in told) if told else None
        if told:
            cell["s2"] = mean(c["s2"] for c in told) / len(told)
            cell["level"] = mean(c["level"] for c in told)
        anchor.append(cell)
    return anchor


def people_variance(groups, total):
    """s_b^2 of step D11: from all pairs of 30 voters and more in groups of five, else its part of T^2."""
    votes = [[c for c in cells if c["y"] is not None] for cells in groups]
    votes = [cells for cells in votes if len(cells) >= 5]
    if sum(map(len, votes)) < 30:
        return max(0.01, 0.55 * total)
    edges = [
        (a["y"] - b["y"]) ** 2 / (2 * 0.6745**2) - (a["s2"] + b["s2"]) / 2
        for cells in votes
        for a, b in combinations(cells, 2)
    ]
    return clip(median(edges), 0.01, 16.0)


def for_platform(cells):
    """Step D8: a client whose own paid share is not used says nothing of its platform's."""
    values = list(cells.values())
    voters, count = sum(c["y"] is not None for c in values), share_of(values, "paid", 2.0)[0]
    is_own = is_decided(values) and count > 0 and not voters >= 5 > count
    return {person: cell if is_own else {**cell, "paid": (0.0, 0.0)} for person, cell in cells.items()}


def clients(rows):
    """Every client's answer, by key."""
    rows, voted, counted = believable(rows)
    by_client = {
        client: grouped(rs, lambda r: r["contributor"])
        for client, rs in grouped(rows, lambda r: r["client_key"]).items()
    }
    log_pay = {
        client: [cell_of(own, 0.0)["y"] for own in people.values()]
        for client, people in by_client.items()
        if client in voted
    }
    total = total_variance([[y for y in values if y is not None] for values in log_pay.values()])
    sigma = min(0.95, sqrt(0.45 * total))
    of_client = {
        client: {person: cell_of(own, sigma) for person, own in people.items()} for client, people in by_client.items()
    }
    s_b2 = people_variance([list(cells.values()) for cells in of_client.values()], total)
    anchor = typical({c: for_platform(cells) for c, cells in of_client.items() if c in counted})
    above = top(anchor, S_B**2)
    house = believe(anchor, above, people_variance([anchor], total), needs_half=False)
    some = any(r["credited"] is not None and r["outcome"] in SUBMITTED for r in rows)
    answers = {client: believe(list(cells.values()), house, s_b2) for client, cells in of_client.items()}
    for answer in answers.values():
        answer["is_known"] = answer["is_own"] or (some and (house["is_own"] or above["is_own"]))
        answer["var"] += (total / 8) ** 2
        answer["var_eff"] += (total / 8) ** 2
    return answers
