"""Matched listing: old work counted at the pay that its task group lists now (step C0), as in a price index.

People say how long a task takes; its listing says what it pays, and all of them saw it. Where the listed pay of a task
group changed, earlier pay is multiplied by (pay now / pay then)^elasticity. The elasticity is that of three experiments,
and more and more what this group's own people show.
"""

from __future__ import annotations

from math import pi

import polars as pl

from analytics.model.policy import Policy

SAME_PRICE = 0.05  # ln: prices nearer than this are one price; currencies move by less in weeks
DAYS_A_WEEK = 7.0
RECENT_WEEKS = (2, 6)  # who saw the listing lately; the longer span where fewer than FEWEST_AFTER did
FEWEST_AFTER, FEWEST_BEFORE = 5, 3  # people, or visits, at the new and at the old pay
AGREEMENT = 0.75  # of the people of an era
LEAST_WITNESSES = 1 / 3  # of the voters of the group: fewer could be a manipulation
ELASTICITY, ELASTICITY_SPREAD = 0.85, 0.5  # of pay by the hour to listed pay: the mean over experiments, and its spread
VOTE_SPREAD = 1.25  # of people within a task group
MEDIAN_INEFFICIENCY = pi / 2  # variance of a median against that of a mean

GROUP = ["client_key", "task_key"]
PERSON = [*GROUP, "contributor"]


def repriced(rows: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return admitted `rows` with `reward` and `credited` of earlier work at the pay that is listed now."""
    offers = offers_of(rows)
    if offers.is_empty():
        return rows
    eras = witnessed(offers, switches(offers, price_now(offers)), policy)
    if eras.is_empty():
        return rows
    seen = offers.join(eras, on=GROUP, how="inner", maintain_order="left").with_columns(
        is_new=(pl.col("week") < pl.col("since")) & is_at("now"),
        is_old=(pl.col("week") >= pl.col("since")) & ~is_at("now"),
    )
    old = seen.filter("is_old").join(elasticities(seen), on=GROUP, how="left", maintain_order="left")
    factors = old.select("row", factor=(pl.col("elasticity") * (pl.col("now") - pl.col("price"))).exp())
    return (
        rows.with_row_index("row")
        .join(factors, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("reward", "credited") * pl.col("factor").fill_null(1.0))
        .drop("row", "factor")
    )


def offers_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the submitted rows of task groups whose listed pay differs, with `price` (ln) and `week` back from today."""
    columns = ("row", *PERSON, "age_days", "seconds")
    submitted = rows.with_row_index("row").filter(pl.col("submitted"), pl.col("reward") > 0)
    width = pl.col("reward").max() / pl.col("reward").min()
    varying = submitted.group_by(GROUP).agg(width=width).filter(pl.col("width").log() > SAME_PRICE)
    if varying.is_empty():
        return pl.DataFrame()
    return submitted.join(varying, on=GROUP, how="semi", maintain_order="left").select(
        *columns,
        price=pl.col("reward").log(),
        week=(pl.col("age_days") / DAYS_A_WEEK).floor().cast(pl.Int64),
    )


def is_at(price: str) -> pl.Expr:
    """Return whether a row's price is the one in the column `price`."""
    return (pl.col("price") - pl.col(price)).abs() <= SAME_PRICE


def price_now(offers: pl.DataFrame) -> pl.DataFrame:
    """Return GROUP and `now` (ln): the median of what people were last offered, where enough came lately and agree."""
    last = offers.sort(*PERSON, "age_days", "price").unique(PERSON, keep="first", maintain_order=True)
    counts = last.group_by(GROUP).agg(*((pl.col("week") < weeks).sum().alias(f"in_{weeks}") for weeks in RECENT_WEEKS))
    spans = (pl.when(pl.col(f"in_{weeks}") >= FEWEST_AFTER).then(weeks) for weeks in RECENT_WEEKS)
    span = counts.select(*GROUP, span=pl.coalesce(spans)).drop_nulls("span")
    recent = last.join(span, on=GROUP).filter(pl.col("week") < pl.col("span"))
    middle = recent.group_by(GROUP).agg(now=pl.col("price").median())
    agreement = recent.join(middle, on=GROUP).group_by(*GROUP, "now").agg(share=is_at("now").mean())
    return agreement.filter(pl.col("share") >= AGREEMENT).select(*GROUP, "now").sort(GROUP)


def switches(offers: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return GROUP, `now` and `since`: the week (counted back) from which on work was at another pay.

    Three quarters of the visits (person x week) after it are at the pay of now, at most a quarter of those before it
    are, and three quarters of those before agree with the median of their week. Of several such weeks the one where the
    two parts differ most, of these the latest.
    """
    visits = (
        offers.sort(*PERSON, "week", "age_days", "price")
        .unique([*PERSON, "week"], keep="first", maintain_order=True)
        .join(now, on=GROUP)
    )
    middle = visits.group_by(*GROUP, "week").agg(middle=pl.col("price").median())
    weeks = (
        visits.join(middle, on=[*GROUP, "week"])
        .group_by(*GROUP, "now", "week")
        .agg(n=pl.len(), at_now=is_at("now").sum(), agreeing=is_at("middle").sum())
        .sort(*GROUP, "week")
    )
    n, at_now, agreeing = pl.col("n"), pl.col("at_now"), pl.col("agreeing")
    split = weeks.with_columns(
        n_after=n.cum_sum().over(GROUP) - n,
        new_after=at_now.cum_sum().over(GROUP) - at_now,
        n_before=n.cum_sum(reverse=True).over(GROUP),
        new_before=at_now.cum_sum(reverse=True).over(GROUP),
        agreeing_before=agreeing.cum_sum(reverse=True).over(GROUP),
    ).filter(
        pl.col("n_after") >= FEWEST_AFTER,
        pl.col("n_before") >= FEWEST_BEFORE,
        pl.col("new_after") >= AGREEMENT * pl.col("n_after"),
        pl.col("new_before") <= (1 - AGREEMENT) * pl.col("n_before"),
        pl.col("agreeing_before") >= AGREEMENT * pl.col("n_before"),
    )
    difference = pl.col("new_after") / pl.col("n_after") - pl.col("new_before") / pl.col("n_before")
    return (
        split.with_columns(difference=difference)
        .sort(*GROUP, "difference", "week", descending=[False, False, True, False])
        .unique(GROUP, keep="first", maintain_order=True)
        .select(*GROUP, "now", since="week")
    )


def witnessed(offers: pl.DataFrame, eras: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the `eras` whose new pay five people saw, and a third of the people whose votes count in the group."""
    is_fresh = pl.col("age_days").min() <= (policy.vote_days or 0)
    people = (
        offers.join(eras, on=GROUP)
        .group_by(PERSON)
        .agg(is_witness=((pl.col("week") < pl.col("since")) & is_at("now")).any(), is_fresh=is_fresh)
        .group_by(GROUP)
        .agg(witnesses=pl.col("is_witness").sum(), fresh=pl.col("is_fresh").sum(), people=pl.len())
    )
    voters = pl.max_horizontal("fresh", pl.min_horizontal("people", pl.lit(policy.vote_people)))
    least = pl.max_horizontal(pl.lit(FEWEST_AFTER), LEAST_WITNESSES * voters)
    enough = people.filter(pl.col("witnesses") >= least)
    return eras.join(enough, on=GROUP, how="semi", maintain_order="left")


def elasticities(seen: pl.DataFrame) -> pl.DataFrame:
    """Return GROUP and `elasticity`, in [0, 1]: what the group's people show, shrunk to what experiments found."""
    rate = pl.col("price") - pl.col("seconds").log()
    persons = (
        seen.filter(pl.col("is_old") | pl.col("is_new"))
        .group_by(*PERSON, "is_old")
        .agg(rate=rate.median(), price=pl.col("price").median())
    )
    of_era = persons.group_by(GROUP).agg(
        *(
            pl.col(name).filter(pl.col("is_old") == is_old).median().alias(f"{name}_{era}")
            for era, is_old in (("old", True), ("new", False))
            for name in ("rate", "price")
        ),
        inverse_counts=1 / pl.col("is_old").sum() + 1 / (~pl.col("is_old")).sum(),
    )
    change = pl.col("price_new") - pl.col("price_old")
    shown = (pl.col("rate_new") - pl.col("rate_old")) / change
    variance = MEDIAN_INEFFICIENCY * VOTE_SPREAD**2 * pl.col("inverse_counts") / change**2
    weight = (ELASTICITY_SPREAD**2 / (ELASTICITY_SPREAD**2 + variance)).fill_nan(0.0).fill_null(0.0)
    known = shown.fill_nan(ELASTICITY).fill_null(ELASTICITY)
    return of_era.select(*GROUP, elasticity=(ELASTICITY + weight * (known - ELASTICITY)).clip(0.0, 1.0))
