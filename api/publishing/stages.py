"""From exported rows to what a release says: the pure part of publishing. The heavy steps go over parts of the rows, one
after another here, or side by side where an engine has them run (`api.publishing.local_engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from analytics.disclosure import change_control as memory
from analytics.disclosure.change_control import Memory
from analytics.disclosure.pseudonyms import Key, members_of
from analytics.disclosure.thresholds import disclose
from analytics.estimator import Rates
from analytics.estimator.estimate import Study, arrivals_of, rates_of
from analytics.estimator.parts import Parts
from analytics.estimator.screening import Screening, newly_set_aside, screened
from analytics.evaluation.own_rows import chosen, of_sample
from analytics.model.currency import Exchange
from analytics.model.policy import Policy
from analytics.release.builder import Contents, contents_of
from analytics.release.repository import Names, Stamp
from analytics.release.signature import Signer
from analytics.tables.countries import People, with_countries
from analytics.tables.release_context import Ground
from analytics.tables.supplementary import Beside, companions
from analytics.tables.work import Work
from api.packs.model import Pack
from api.publishing.local_engine import Engine, here
from api.runtime.settings import Settings
from api.store.export import Exported


@dataclass(frozen=True)
class Order:
    """What is to be published, and all of it that is not in the rows."""

    settings: Settings
    day: date
    policy: Policy
    exchange: Exchange
    known: Mapping[str, Pack]
    marks: Key
    signer: Signer
    engine: Engine = here

    @property
    def stamp(self) -> Stamp:
        usd_per = self.exchange.usd_per_unit(self.day)
        return Stamp(self.settings.nature, usd_per, frozenset(self.known), self.signer)


@dataclass(frozen=True)
class Said:
    """What a release is made of beside the rows: counts and notes, a person's word on flags, the memory of before."""

    beside: Beside
    decided: pl.DataFrame
    set_aside: frozenset[int]  # in the release before
    kept: bytes | None


@dataclass(frozen=True)
class Draft:
    """A release before it has a name, what will be remembered of it, the flags that were raised for it, who was set aside,
    and an alarm where too many would have been.
    """

    contents: Contents
    memory: Memory
    flags: pl.DataFrame
    set_aside: frozenset[int]
    alarm: str | None


def drafted(order: Order, exported: Exported, said: Said, parts: Parts) -> Draft:
    """The release of `parts`, which are the exported observations."""
    policy, day = order.policy, order.day
    studied, screening, alarm = screened_study(parts, order, said)
    aside = studied.eligible.set_aside
    before = None if said.kept is None else memory.unpacked(said.kept)
    rates = rates_of(studied, exported.around.overheads)
    fresh = disclose(rates, policy)
    inside = members_of(studied, order.marks, memory.candidates(fresh, before))
    settled, after = memory.settle(fresh, inside, before, policy)
    countries = exported.around.people.select("contributor", "country").drop_nulls()
    work = Work.of_study(studied)
    told, after = with_countries(settled, People(work.hours, countries), (before, after), order.marks)
    told = replace(told, evaluation=evaluated(studied, rates))
    ground = Ground(day, policy, order.marks, told.cells)
    sigma = dict(rates.components.select("platform", "sigma_e").rows())
    del studied, rates, inside, settled, fresh  # large, and done with
    tables, memories_beside = companions(work, said.beside, sigma, ground, before)
    contents = contents_of(told, names_of(exported, order.known), order.stamp, tables)
    return Draft(contents, replace(after, others=memories_beside), screening.flags, aside, alarm)


def screened_study(parts: Parts, order: Order, said: Said) -> tuple[Study, Screening, str | None]:
    """Return the study without those who are set aside, what the screening found, and its alarm, if any (step E)."""
    arrivals = arrivals_of(parts, order.day, order.policy)
    studied = arrivals.study()
    screening = screened(studied)
    aside, alarm = newly_set_aside(screening, said.decided, said.set_aside)
    return (arrivals.study(aside) if aside else studied), screening, alarm


def evaluated(studied: Study, rates: Rates) -> pl.DataFrame:
    """The self-evaluation as its table has it: passed in words, in the order of its figures."""
    sample = chosen(studied.told["sizes"])
    people = studied.eligible.contributors.height - len(studied.eligible.set_aside)
    figures = of_sample(studied.rows_of(sample), people, rates, studied.policy)
    passed = pl.when(pl.col("passed")).then(pl.lit("yes")).when(~pl.col("passed")).then(pl.lit("no"))
    return figures.with_columns(passed=passed).sort("figure")


def names_of(exported: Exported, known: Mapping[str, Pack]) -> Names:
    shows_clients = frozenset(slug for slug, pack in known.items() if pack.shows_clients)
    return Names(exported.around.clients, exported.around.tasks, shows_clients)
