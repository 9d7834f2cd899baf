"""Screening: contributors set aside as suspected manipulation, in a way that cannot be turned against honest people (E).

A client judges a contributor only where its centre can be made of twenty grown voters who arrived at another time. The
contributor's own offset is taken out first, chance is bounded by the number of clients, and sixty different people must
stand behind the clients that disagree. If too many would be set aside at once, nobody is, and the operator is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl

from analytics.estimator.centre import CLIP
from analytics.estimator.groups import Flags, Floats, Groups, Ints, in_order
from analytics.estimator.study import Study, study
from analytics.model.policy import Policy

FLAGS: dict[str, pl.DataType] = {
    "contributor": pl.Int64(),
    "flag": pl.String(),
    "evidence": pl.String(),  # for the reviewer; never published
}
FAR, JOINT_ARRIVAL = "far_from_others", "joint_arrival"
FINDINGS: dict[str, pl.DataType] = {
    "finding": pl.String(),
    "platform": pl.String(),
    "client_key": pl.Int64(),  # null for a whole platform
    "evidence": pl.String(),  # for the reviewer; never published
}
SPLIT_CLIENT, LIMIT_PASSED = "split_client", "limit_passed"

FEWEST_PEERS = 20  # grown voters who make the centre that judges
ARRIVAL_GAP_DAYS, ARRIVAL_BIN_DAYS = 30, 5  # peers arrived at least so long before or after; days are compared in bins
FAR_SPREADS, FAR_CLIENTS = 3.0, 3
MOST_PEERS_FAR = 0.10  # of the peers, beyond three spreads on that side: more, and people divide there
PERSON_PART = 0.4  # of s_b^2: a person's offset everywhere
FAR_CHANCE, LEAST_FAR_SHARE, MOST_FAR_SHARE = 0.001, 0.0027, 0.01
FEWEST_WITNESSES = 60  # different people behind the far clients
MOST_SET_ASIDE = 0.02  # of a platform's voters, newly in one release
WAVE_DAYS, WAVE_CONTRIBUTORS, WAVE_SPREADS = 3, 5, 1.0
CENTRE_DOUBT = 2.5  # two standard errors of a centre of n votes are about 2.5 / sqrt(n)
LEAST_OFTEN = 0.16  # how often a vote is beyond one spread on one side, for normal votes
WAVE_CHANCE = 0.01  # that any wave of a whole platform is raised though everybody is honest
SPLIT_SPREADS, SPLIT_SHARE = 2.5, 0.25  # a client with so many votes so far on one side is listed for review
NEWTON_STEPS = 30

JUDGED: dict[str, pl.DataType] = {
    "platform": pl.Int64(),
    "client_key": pl.Int64(),
    "contributor": pl.Int64(),
    "since": pl.Int64(),
    "distance": pl.Float64(),  # d = (y - m)/s
    "offset_weight": pl.Float64(),  # s_b^2/s^2
    "peers_far": pl.Float64(),  # share of peers beyond three spreads on the same side
    "bin": pl.Int64(),
}


@dataclass(frozen=True)
class Screening:
    """The result of a release's screening: flags in the shape FLAGS, each platform's number of voters, and the platforms
    of each flagged contributor. `findings` in the shape FINDINGS are about clients and platforms, not about people.
    """

    flags: pl.DataFrame
    voters: dict[str, int]
    platforms: dict[int, set[str]]  # of each flagged contributor
    findings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FINDINGS))


def flags(observations: pl.DataFrame, *, as_of: datetime, policy: Policy) -> pl.DataFrame:
    """Return every flag that is raised on the day of `as_of`, in the shape FLAGS, sorted; none without screening.

    A pure function of the rows, so that a day's flags can be made again from them.
    """
    return raised(study(observations, as_of=as_of, policy=policy))


def raised(studied: Study) -> pl.DataFrame:
    """Return the flags of a study, in the shape FLAGS."""
    return screened(studied).flags


def screened(studied: Study) -> Screening:
    """Return what the screening of a study finds."""
    if studied.is_silent or not studied.policy.screens:
        return Screening(pl.DataFrame(schema=FLAGS), {}, {})
    votes = client_votes(studied)
    judged = judged_votes(votes)
    found = pl.concat([far_from_others(judged, votes), joint_arrivals(judged, votes)]).unique(["contributor", "flag"])
    names = pl.Series(studied.names, dtype=pl.String)
    flagged = votes.filter(pl.col("contributor").is_in(found["contributor"].implode()))
    platforms: dict[int, set[str]] = {}
    for contributor, platform in flagged.select("contributor", "platform").unique().iter_rows():
        platforms.setdefault(contributor, set()).add(names[platform])
    counts = votes.group_by("platform").agg(pl.col("contributor").n_unique())
    voters = {names[platform]: count for platform, count in counts.iter_rows()}
    return Screening(found.sort("contributor", "flag"), voters, platforms, split_clients(votes, names))


def newly_set_aside(
    screening: Screening, decided: pl.DataFrame, before: AbstractSet[int]
) -> tuple[frozenset[int], pl.DataFrame]:
    """Return the contributors without a vote in this release, and an alarm for each platform over the limit (step E).

    `decided` has the last verdict (`cleared` or `confirmed`) by contributor and flag; `before` are those set aside in the
    last release. If more than one, or 2 % of a platform's voters, would be new, nobody new is set aside. Alarms have the
    shape FINDINGS.
    """
    chosen = set_aside(screening.flags, decided)
    confirmed = frozenset(decided.filter(pl.col("verdict") == "confirmed")["contributor"].to_list())
    new = chosen - confirmed - before
    alarms = []
    for platform, voters in sorted(screening.voters.items()):
        count = sum(platform in screening.platforms.get(contributor, ()) for contributor in new)
        most = max(1, int(MOST_SET_ASIDE * voters))
        if count > most:
            words = (
                f"suspected manipulation: screening would newly set aside {count} of {voters} voters, more than {most}, "
                "so nobody new is set aside"
            )
            alarms.append((LIMIT_PASSED, platform, None, words))
    return (chosen - new if alarms else chosen), pl.DataFrame(alarms, schema=FINDINGS, orient="row")


def set_aside(raised_now: pl.DataFrame, decided: pl.DataFrame) -> frozenset[int]:
    """Return who has no vote: who is flagged now and not cleared of it, and who was confirmed (step E).

    `raised_now` in the shape FLAGS; `decided` holds the last verdict (`cleared` or `confirmed`) by contributor and flag.
    """
    keys = ["contributor", "flag"]
    cleared = decided.filter(pl.col("verdict") == "cleared")
    open_now = raised_now.select(keys).join(cleared, on=keys, how="anti")
    confirmed = decided.filter(pl.col("verdict") == "confirmed")
    return frozenset(open_now["contributor"].to_list()) | frozenset(confirmed["contributor"].to_list())


def client_votes(studied: Study) -> pl.DataFrame:
    """Return one row a voter and counted client, sorted by platform and client: vote, scale s, s_b^2/s^2, arrival."""
    level = studied.client_level
    summary = level.summary.select(
        "platform",
        "client_key",
        "centre",
        "spread",
        counted=pl.Series(level.counted),
        offset_weight=pl.Series(level.contributor_variance[level.platform]) / pl.col("spread"),
    )
    return (
        studied.client_cells.filter(pl.col("voter_part") > 0)
        .select("platform", "client_key", "contributor", "vote")
        .join(summary.filter("counted"), on=["platform", "client_key"])
        .join(studied.eligible.contributors.select("contributor", "since", "is_grown"), on="contributor")
        .with_columns(scale=pl.col("spread").sqrt(), bin=pl.col("since") // ARRIVAL_BIN_DAYS)
        .sort("platform", "client_key", "contributor")
    )


def split_clients(votes: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    """Return the clients where more than a quarter of the votes are beyond 2.5 spreads on one side (step E).

    `votes` are those of `client_votes`, `names` the platforms by number. The shape is FINDINGS.
    """
    distance = (pl.col("vote") - pl.col("centre")) / pl.col("scale")
    sides = (
        votes.with_columns(distance=distance)
        .group_by("platform", "client_key")
        .agg(
            above=(pl.col("distance") > SPLIT_SPREADS).mean(),
            below=(pl.col("distance") < -SPLIT_SPREADS).mean(),
        )
        .filter(pl.max_horizontal("above", "below") > SPLIT_SHARE)
        .sort("platform", "client_key")
    )
    rows = [
        (SPLIT_CLIENT, names[platform], client, split_words(above, below))
        for platform, client, above, below in sides.iter_rows()
    ]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def split_words(above: float, below: float) -> str:
    """Return the evidence against one figure for a client: the share of votes far on one side."""
    share, side = max((above, "above"), (below, "below"))
    return f"suspected manipulation: {share:.0%} of votes are more than {SPLIT_SPREADS:g} spreads {side} the centre"


def judged_votes(votes: pl.DataFrame) -> pl.DataFrame:
    """Return the votes that their client can judge, in the shape JUDGED (step E).

    The centre that judges a vote is made of grown voters whose arrival is more than 30 days away, compared in bins of
    five days (so that 31 to 35 days are enough). A person is thus never part of their own judge.
    """
    clients = Groups.of(votes["platform"].to_numpy(), votes["client_key"].to_numpy())
    is_grown = votes["is_grown"].to_numpy()
    able = np.flatnonzero(clients.sum(is_grown) >= FEWEST_PEERS)
    columns = [votes[name].to_numpy() for name in ("vote", "scale", "centre", "bin")]
    distance, peers_far = np.full(votes.height, np.nan), np.full(votes.height, np.nan)
    for number in able.tolist():
        rows = slice(clients.starts[number], clients.starts[number] + clients.sizes[number])
        vote, scale, centre, bins = (column[rows] for column in columns)
        distance[rows], peers_far[rows] = judgement(vote, float(scale[0]), float(centre[0]), bins, is_grown[rows])
    known = votes.with_columns(distance=pl.Series(distance), peers_far=pl.Series(peers_far))
    return known.filter(pl.col("distance").is_not_nan()).select(
        pl.col(name).cast(kind) for name, kind in JUDGED.items()
    )


def judgement(vote: Floats, scale: float, centre: float, bins: Ints, is_grown: Flags) -> tuple[Floats, Floats]:
    """Return d of each vote of one client and the share of its judges that are as far on its side; NaN without judges."""
    peer_vote, peer_bin = vote[is_grown], bins[is_grown]
    different, of_vote = np.unique(bins, return_inverse=True)
    gap = ARRIVAL_GAP_DAYS // ARRIVAL_BIN_DAYS + 1
    is_peer = np.abs(different[:, None] - peer_bin[None, :]) >= gap
    enough = is_peer.sum(axis=1) >= FEWEST_PEERS
    middle = np.full(len(different), np.nan)
    far_up, far_down = np.zeros(len(different)), np.zeros(len(different))
    if enough.any():
        chosen = is_peer[enough]
        middle[enough] = peer_centres(peer_vote, chosen, scale, centre)
        distances = (peer_vote[None, :] - middle[enough][:, None]) / scale
        count = chosen.sum(axis=1)
        far_up[enough] = ((distances > FAR_SPREADS) & chosen).sum(axis=1) / count
        far_down[enough] = ((distances < -FAR_SPREADS) & chosen).sum(axis=1) / count
    distance = (vote - middle[of_vote]) / scale
    return distance, np.where(distance > 0, far_up[of_vote], far_down[of_vote])


def peer_centres(votes: Floats, is_peer: Flags, scale: float, start: float) -> Floats:
    """Return the Huber centre of each row's peers among `votes`, by bracketed Newton steps from `start`."""
    rows = len(is_peer)
    low, high = np.full(rows, votes.min()), np.full(rows, votes.max())
    middle: Floats = np.clip(np.full(rows, start), low, high)
    for _ in range(NEWTON_STEPS):
        distance = (votes[None, :] - middle[:, None]) / scale
        score = (np.clip(distance, -CLIP, CLIP) * is_peer).sum(axis=1)
        slope = ((np.abs(distance) < CLIP) & is_peer).sum(axis=1) / scale
        low, high = np.where(score > 0, middle, low), np.where(score < 0, middle, high)
        newton = middle + np.divide(score, slope, out=np.full(rows, np.inf), where=slope > 0)
        step = np.where((newton >= low) & (newton <= high), newton, (low + high) / 2)
        moved: Floats = np.where(np.abs(score) < 1e-9, middle, step)
        if np.max(np.abs(moved - middle), initial=0.0) < 1e-9:
            return moved
        middle = moved
    return middle


def far_from_others(judged: pl.DataFrame, votes: pl.DataFrame) -> pl.DataFrame:
    """Return the flags of contributors far from their peers at three clients and more, beyond their own offset."""
    with_offset = judged.join(offsets(judged), on=["platform", "contributor"], how="left", maintain_order="left")
    is_far = (
        (pl.col("distance").abs() > FAR_SPREADS)
        & (pl.col("peers_far") <= MOST_PEERS_FAR)
        & ((pl.col("distance") - pl.col("offset").fill_null(0.0)).abs() > FAR_SPREADS)
    )
    marked = with_offset.with_columns(is_far=is_far)
    share = marked.group_by("platform").agg(
        share=pl.col("is_far").mean().clip(LEAST_FAR_SHARE, MOST_FAR_SHARE),
    )
    counts = (
        marked.group_by("platform", "contributor")
        .agg(clients=pl.len(), far=pl.col("is_far").sum())
        .filter(pl.col("far") >= FAR_CLIENTS)
        .join(share, on="platform")
        .sort("platform", "contributor")
    )
    found = [
        (contributor, FAR, f"{far} of {clients} judging clients beyond 3 spreads")
        for platform, contributor, clients, far, often in counts.iter_rows()
        if chance(far, clients, often) < FAR_CHANCE
        and witnesses(marked, votes, platform, contributor) >= FEWEST_WITNESSES
    ]
    return pl.DataFrame(found, schema=FLAGS, orient="row").unique("contributor", keep="first", maintain_order=True)


def offsets(judged: pl.DataFrame) -> pl.DataFrame:
    """Return g by platform and contributor: how far they are from others everywhere, in spreads, shrunk to 0."""
    near = judged.filter(pl.col("distance").abs() <= FAR_SPREADS)
    own = near.group_by("platform", "contributor").agg(
        middle=pl.col("distance").median(), number=pl.len(), v=PERSON_PART * pl.col("offset_weight").mean()
    )
    number, v = pl.col("number"), pl.col("v")
    return own.select("platform", "contributor", offset=pl.col("middle") * number * v / (number * v + 1 - v))


def witnesses(marked: pl.DataFrame, votes: pl.DataFrame, platform: int, contributor: int) -> int:
    """Return how many different people made the centres of the clients where `contributor` is far."""
    far = marked.filter("is_far", pl.col("platform") == platform, pl.col("contributor") == contributor)
    gap = ARRIVAL_GAP_DAYS // ARRIVAL_BIN_DAYS + 1
    own_bin = far["bin"][0]
    peers = votes.filter(
        pl.col("client_key").is_in(far["client_key"].implode()), "is_grown", (pl.col("bin") - own_bin).abs() >= gap
    )
    return peers["contributor"].n_unique()


def joint_arrivals(judged: pl.DataFrame, votes: pl.DataFrame) -> pl.DataFrame:
    """Return the flags of waves: at one client, five and more who first arrived within three days of each other and are
    on one side of their peers, where so many at once are no chance.

    Both are asked: people come in waves for good reasons (a post in a forum), and a client may divide opinions.
    """
    found = [
        wave
        for (platform,), own in judged.partition_by("platform", as_dict=True, maintain_order=True).items()
        for wave in waves(own, votes.filter(pl.col("platform") == platform))
    ]
    whole = pl.concat([pl.DataFrame(schema=FLAGS), *found])
    return whole.sort("contributor", "evidence").unique("contributor", keep="first", maintain_order=True)


def waves(judged: pl.DataFrame, votes: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the flags of one platform's waves; `judged` is sorted by client. Chance is that of all its `votes`."""
    since, distance = judged["since"].to_numpy(), judged["distance"].to_numpy()
    clients = Groups.of(judged["client_key"].to_numpy())
    arrived = np.sort(votes.unique("contributor")["since"].to_numpy())
    voters = dict(votes.group_by("client_key").len().iter_rows())
    keys = judged["client_key"].to_numpy()[clients.starts]
    bound = WAVE_CHANCE / (2 * max(len(clients), 1) * max(len(np.unique(arrived)), 1))
    for side in (1.0, -1.0):
        aside = side * distance
        often = max(LEAST_OFTEN, float(np.mean(aside > WAVE_SPREADS)))
        for number, day in suspects(since, aside, clients):
            start, size = clients.starts[number], clients.sizes[number]
            members = wave(since[start : start + size], aside[start : start + size], day)
            window = np.searchsorted(arrived, day + WAVE_DAYS) - np.searchsorted(arrived, day)
            if (
                len(members)
                and chance(len(members), voters[int(keys[number])], often * float(window) / len(arrived)) < bound
            ):
                yield wave_flags(judged["contributor"].gather(members + start))


def suspects(since: Ints, aside: Floats, clients: Groups) -> Iterable[tuple[int, int]]:
    """Return the clients, by number, where five came within three days and are aside, and the days such waves begin."""
    rows = np.flatnonzero(aside > WAVE_SPREADS / 2)
    rows = rows[in_order(clients.of_row[rows], since[rows])]
    first, last = rows[: 1 - WAVE_CONTRIBUTORS], rows[WAVE_CONTRIBUTORS - 1 :]
    alike = (clients.of_row[first] == clients.of_row[last]) & (since[last] - since[first] < WAVE_DAYS)
    begins = first[alike]
    return sorted(set(zip(clients.of_row[begins].tolist(), since[begins].tolist(), strict=True)))


def wave(since: Ints, aside: Floats, day: int) -> Ints:
    """Return which of a client's judged voters came in the three days and are beyond one spread of their peers' centre,
    as far as it can be known; nobody where most of those who came together are not.
    """
    together = (since >= day) & (since < day + WAVE_DAYS)
    edge = WAVE_SPREADS + CENTRE_DOUBT / np.sqrt(FEWEST_PEERS)
    away = np.flatnonzero(together & (aside > edge))
    return away if len(away) >= max(WAVE_CONTRIBUTORS, together.sum() / 2) else away[:0]


def wave_flags(members: pl.Series) -> pl.DataFrame:
    """Return the flags of the members of one wave."""
    words = f"{len(members)} came within {WAVE_DAYS} days and are on one side of a client"
    return members.to_frame("contributor").select("contributor", flag=pl.lit(JOINT_ARRIVAL), evidence=pl.lit(words))


def chance(least: int, tries: int, often: float) -> float:
    """Return P(X >= least) of a binomial."""
    if often >= 1.0 or least == 0:
        return 1.0
    return sum(
        math.exp(
            math.lgamma(tries + 1) - math.lgamma(number + 1) - math.lgamma(tries - number + 1)
            + number * math.log(often) + (tries - number) * math.log1p(-often)
        )
        for number in range(least, tries + 1)
    )  # fmt: skip
