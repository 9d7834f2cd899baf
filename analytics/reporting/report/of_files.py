"""A report on an analyst's exports: without database or release, by the rules of the archive policy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from analytics.disclosure.thresholds import disclose
from analytics.estimator import METHOD, VERSION, estimate
from analytics.evaluation.held_out import last_day
from analytics.evaluation.imported import named, observations_of
from analytics.importers.attempts import Merged, Reading
from analytics.model.errors import BadInput
from analytics.model.policy import ARCHIVE
from analytics.release.manifest import LICENCE, REQUEST
from analytics.reporting.charts.rate_figures import rates_figure, spread_figure
from analytics.reporting.report.document import TOO_FEW, Citation, Report, Section, section
from analytics.reporting.report.endings import concentration, endings, pauses
from analytics.reporting.report.file_figures import (
    concentration_figure,
    countries_figure,
    endings_figure,
    floors_figure,
    hours_figures,
    pauses_figure,
    read_figure,
)
from analytics.reporting.report.people import own_hours, pay_over_time, people_too_short, undecided_share
from analytics.reporting.report.same_task import same_task
from analytics.reporting.report.sources import Scope, method_section
from analytics.reporting.wording import English

MOST_DRAWN = 14
WHY_TWO = (
    "These figures and the rate by platform above answer two questions. These are every person’s own hours, as the files "
    "have them. The rate by platform is the centre of people’s rates with equal votes: a few extreme people hardly move it, "
    "it is drawn towards the usual where people are few, and it is taken times the paid share and the kept share."
)
SAYS = English()


@dataclass(frozen=True)
class Held:
    """The attempts in scope, the publishable rates of their clients, and people's own hours."""

    attempts: pl.DataFrame
    cells: pl.DataFrame
    hours: pl.DataFrame
    unmeasured: Mapping[str, str]  # by platform: spreads that are a default or a split (step D11)


def report_of_files(merged: Merged, paths: Sequence[Path], scope: Scope) -> Report:
    """Return the report on all attempts of `merged` in `scope`.

    Raises:
        BadInput: there is no such attempt, or a report may not have this scope.
    """
    attempts = within(merged.frame, scope.checked())
    if attempts.is_empty():
        raise BadInput(f"no attempt in these files is of {scope.words()}")
    rows = observations_of(replace(merged, frame=attempts))
    cells, unmeasured = published(rows, attempts)
    held = Held(attempts, cells, own_hours(attempts), unmeasured)
    day = last_day(rows).date() if rows.height else attempts["accepted_at"].max().date()  # type: ignore[union-attr]  # not empty
    sections = [
        read_section(merged, held),
        platforms_section(held, scope),
        hara_section(held),
        floors_section(held, scope),
        endings_section(held),
        unpaid_section(held),
        clients_section(held),
        concentration_section(held),
        countries_section(held),
        method_section(ARCHIVE.name),
    ]
    return Report(
        title="What an hour of this work paid",
        scope=scope.words(),
        as_of=day,
        nature="real",
        policy=ARCHIVE.name,
        citation=Citation(f"{len(paths)} files", digest(paths), METHOD, VERSION, LICENCE, REQUEST),
        sections=[one for one in sections if one is not None],
    )


def in_scope(readings: Sequence[Reading], scope: Scope) -> list[Reading]:
    """Return the files of the scope's client and platform: a report counts and cites no others.

    Raises:
        BadInput: there is no such file; the text gives the sources there are.
    """
    chosen = [
        reading
        for reading in readings
        if scope.client in (None, reading.source)
        and (scope.platform is None or scope.platform in reading.frame["platform"])
    ]
    if not chosen:
        sources = ", ".join(sorted({reading.source for reading in readings}))
        raise BadInput(f"no attempt in these files is of {scope.words()}; sources: {sources}")
    return chosen


def within(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Return the attempts in scope; a file's name identifies the client, who posted the work."""
    day = pl.col("accepted_at").dt.date()
    conditions = [
        pl.col("platform") == scope.platform if scope.platform else None,
        pl.col("source") == scope.client if scope.client else None,
        pl.col("country") == scope.country if scope.country else None,
        day >= scope.begin if scope.begin else None,
        day <= scope.end if scope.end else None,
    ]
    return frame.filter([condition for condition in conditions if condition is not None] or [pl.lit(True)])


def published(rows: pl.DataFrame, attempts: pl.DataFrame) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """Return the publishable cells of the estimator, with the names from the files, and spreads not measured there."""
    if rows.is_empty():
        return pl.DataFrame(), {}
    rates = estimate(rows, as_of=last_day(rows), policy=ARCHIVE)
    keys = ["level", "platform", "client_key", "task_key"]
    counts = rates.cells.select(*keys, exact=pl.col("contributors").map_elements("{:,}".format, return_dtype=pl.String))
    disclosed = disclose(rates, ARCHIVE)
    shown = disclosed.cells.join(counts, on=keys, how="left", nulls_equal=True, maintain_order="left")
    cells = shown.with_columns(contributors="exact").drop(
        "exact"
    )  # the reader owns the files: people are counted exactly
    names = named(attempts.with_columns(title=pl.coalesce("task_title", "source")))
    clients = names.select("client_key", client_name="source").unique("client_key", keep="first", maintain_order=True)
    tasks = names.select("task_key", "title").unique("task_key", keep="first", maintain_order=True)
    with_names = cells.join(clients, on="client_key", how="left", maintain_order="left").join(
        tasks, on="task_key", how="left", maintain_order="left"
    )
    return with_names, disclosed.unmeasured


def rows_of(held: Held, level: str) -> list[dict[str, Any]]:
    """Return the rates of one level, the best paid first."""
    if held.cells.is_empty():
        return []
    rows = held.cells.filter(pl.col("level").cast(pl.String) == level).to_dicts()
    return sorted(rows, key=lambda row: -(row["effective_usd_per_hour"] or row["high_usd_per_hour"] or 0.0))


def machine_row(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return a row of rates for machines."""
    pay = ("contributors", "effective_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour", "task_usd_per_hour")
    return {name: row[name] for name in (*keys, *pay, "paid_share", "kept_share")}


def read_section(merged: Merged, held: Held) -> Section:
    values: list[dict[str, Any]] = [
        {
            "files": len(merged.files),
            "rows_read": merged.rows_read,
            "rows_used": int(held.attempts["rows"].sum()),
            "attempts": held.attempts.height,
            "attempts_with_pay": int((held.attempts["reward_micros"] > 0).sum()),
            "left_out": merged.left_out,
            "noted": merged.notes,
        }
    ]
    return Section("rows", "What was read", figures=(read_figure(held.attempts, merged),), values=values)


def platforms_section(held: Held, scope: Scope) -> Section:
    rows = rows_of(held, "platform")
    figure = (
        rates_figure("platforms", "Earned per hour, by platform", [(row["platform"], row) for row in rows], SAYS)
        if rows
        else None
    )
    return section(
        "platforms",
        "Pay by platform",
        [figure],
        [machine_row(row, "platform") for row in rows],
        TOO_FEW + " Or the files state no pay: give it with --pay.",
        source="ILO 2018, table of pay by platform",
        text=(
            *((f"Only work for {scope.client} is counted here.",) if scope.client else ()),
            *(
                f"{platform}: too few people did two tasks for one client to measure how far people and tasks scatter; "
                f"in use are: {words}."
                for platform, words in sorted(held.unmeasured.items())
            ),
        ),
    )


def hara_section(held: Held) -> Section:
    figures, values = hours_figures(held.hours)
    totals = pay_over_time(held.attempts) if values else {}
    values += [{"platform": platform, "basis": "pay_over_time", "mean": usd} for platform, usd in totals.items()]
    return section(
        "own_hours",
        "Hourly pay with and without unpaid time, per worker",
        figures,
        values,
        "Fewer than ten people whose pay is known worked a minute or more.",
        source="Hara et al. 2018: medians of 3.18 without unpaid work and 1.77 with it, means of 6.19 and 3.13 USD",
        text=(
            "Three ways to count the same hours. By task: every task by itself, time with two tasks open counted twice. "
            "Tasks: that time shared between them. All hours: rejected work and pauses of up to a minute count as time too.",
            WHY_TWO,
            *(
                f"{platform}: pay over time, all pay over all hours of tasks, is {SAYS.wording.usd(usd)} an hour."
                for platform, usd in totals.items()
            ),
            *left_out_words(held.attempts),
        ),
    )


def left_out_words(attempts: pl.DataFrame) -> list[str]:
    """Return sentences on the people left out of people's own hours, and on the share of undecided work."""
    short, undecided = people_too_short(attempts), undecided_share(attempts)
    words = []
    if short:
        people = "1 person" if short == 1 else f"{short:,} people"
        words.append(f"{people} with less than a minute of work on a platform are not in these figures.")
    if undecided:
        words.append(
            f"Not yet decided: {SAYS.wording.share(undecided)} of a person’s submitted tasks, on average. They count here as "
            "paid in full, and their people are in every figure."
        )
    return words


def floors_section(held: Held, scope: Scope) -> Section:
    figure, values = floors_figure(held.hours, scope.floors)
    return section(
        "floors",
        "Workers under a floor",
        [figure],
        values,
        TOO_FEW,
        source="Hara et al. 2018: about 4 % of workers above 7.25 USD; ILO 2021: half of all under 2 USD",
    )


def endings_section(held: Held) -> Section:
    values = endings(held.attempts)
    return section(
        "endings",
        "Rejected and returned work, and what it cost",
        [endings_figure(values)],
        values,
        "No attempt in these files is known to have ended unpaid, or they do not say how attempts ended.",
        source="Hara et al. 2018: about 13 % of tasks never submitted, about 0.7 % rejected",
    )


def unpaid_section(held: Held) -> Section:
    values = pauses(held.attempts)
    return section(
        "unpaid",
        "Unpaid time by class",
        [pauses_figure(values)],
        values,
        TOO_FEW,
        source="Toxtli et al. 2021: 33 % of daily time unpaid, most of it managing payments and watching for work",
        text=(
            "Exports show no searching, watching, previews, qualification, messages or payment chores: those classes "
            "cannot be derived from them. They do show the time between one task and the next.",
        ),
    )


def clients_section(held: Held) -> Section:
    rows = rows_of(held, "client")
    figures = []
    if rows:
        labels = [(f"{row['client_name']} ({row['platform']})", row) for row in rows[:MOST_DRAWN]]
        numbers = [row["effective_usd_per_hour"] for row in rows if row["effective_usd_per_hour"] is not None]
        figures = [rates_figure("clients", "Earned per hour, by client", labels, SAYS), spread_figure(numbers, SAYS)]
    return section(
        "clients",
        "Pay by client",
        figures,
        [machine_row(row, "platform", "client_name") for row in rows],
        TOO_FEW,
        source="Hara et al. 2018, hourly pay per requester",
        text=("A client is who posted the work, as far as a file’s name tells.",),
    )


def concentration_section(held: Held) -> Section:
    values = concentration(held.attempts)
    return section(
        "concentration",
        "Concentration of pay among clients",
        [concentration_figure(values)],
        values,
        "Fewer than five clients with five people each whose pay is known: the concentration of pay cannot be shown.",
    )


def countries_section(held: Held) -> Section:
    values = same_task(held.attempts)
    return section(
        "countries",
        "The same task in different countries",
        [countries_figure(values)],
        values,
        "No two countries with ten people each worked on the same tasks, or the files do not say where people were.",
        text=(
            "Everybody on a task is paid alike, so what differs is the time it took. 1 is the mean over all people on the "
            "same tasks, taken on the scale of logarithms, each person once; 0.7 means that an hour of the same work paid "
            "30 % less. It can have many reasons: language, connection, machine.",
        ),
    )


def digest(paths: Sequence[Path]) -> str:
    """Return one hash for all files, of their sorted hashes, so that their folders and order do not matter."""
    own = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    return hashlib.sha256("\n".join(own).encode()).hexdigest()


def known_paths(paths: Sequence[Path], readings: Sequence[Reading]) -> list[Path]:
    """Return the files that could be read."""
    names = {reading.file for reading in readings}
    return [path for path in paths if path.name in names]
