"""From exported rows to what a release says: the pure part of publishing. The heavy steps go over parts of the rows, one
after another here, or side by side where an engine has them run (`api.publishing.local_engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import polars as pl

from analytics.disclosure import change_control as memory
from analytics.disclosure import release_state
from analytics.disclosure.pseudonyms import cell_ids, members_of
from analytics.disclosure.published_names import published_names
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import Draws, disclose, first_tasks
from analytics.estimator import Rates
from analytics.estimator.estimate import ROWS, Study, arrivals_of, rates_of
from analytics.estimator.held_back import KEYS, cells_without
from analytics.estimator.parts import Parts
from analytics.estimator.screening import Screening, newly_set_aside, screened
from analytics.estimator.steps import first_days
from analytics.model.currency import Exchange
from analytics.model.policy import Policy
from analytics.release.builder import Contents, contents_of
from analytics.release.repository import Names, Stamp
from analytics.release.signature import Signer
from analytics.tables.countries import People, with_countries
from analytics.tables.release_context import ReleaseContext
from analytics.tables.supplementary import SupplementaryInputs, supplementary_tables
from analytics.tables.work import Work, with_expected_pay
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
    secret: ReleaseSecret
    signer: Signer
    engine: Engine = here

    @property
    def is_weekly(self) -> bool:
        """Real people's shared timings are published once a week; simulated ones and archives at any time."""
        return self.policy.is_guarded and self.settings.nature == "real"

    @property
    def stamp(self) -> Stamp:
        usd_per = self.exchange.usd_per_unit(self.day)
        return Stamp(self.settings.nature, usd_per, frozenset(self.known), self.signer)


@dataclass(frozen=True)
class Said:
    """What a release is made of beside the rows: counts and notes, a person's word on flags, the memory of before."""

    beside: SupplementaryInputs
    decided: pl.DataFrame
    set_aside: frozenset[int]  # in the release before
    kept: bytes | None


@dataclass(frozen=True)
class Draft:
    """A release before it has a name, what will be remembered of it, the flags that were raised for it, who was set aside,
    and an alarm where too many would have been.
    """

    contents: Contents
    memory: ReleaseState
    flags: pl.DataFrame
    set_aside: frozenset[int]
    alarm: str | None


def drafted(order: Order, exported: Exported, said: Said, parts: Parts) -> Draft:
    """The release of `parts`, which are the exported observations."""
    policy, day = order.policy, order.day
    studied, screening, alarm = screened_study(parts, order, said)
    aside = studied.eligible.set_aside
    before = None if said.kept is None else release_state.unpacked(said.kept)
    rates = rates_of(studied, exported.around.overheads)
    rules = memory.ChangeRules(day, policy, order.secret)
    days = studied.parts.run(first_days, ROWS, None, studied.eligible)["first_days"]
    first = first_tasks(rates.cells, days, None if before is None else before.first_tasks)
    draws = Draws(order.secret, first, memory.divided(before))
    fresh = disclose(rates, policy, draws)
    wanted = memory.candidates(fresh, before)
    inside = members_of(studied, order.secret.key("pseudonyms"), wanted)
    members = memory.CellMembers.of(inside, partial(disclosed_without, studied, rates, draws))
    told, after = memory.apply_change_threshold(fresh, members, before, rules)
    after = replace(after, first_tasks=first)
    countries = exported.around.people.select("contributor", "country").drop_nulls()
    work = Work.of_study(studied)
    people = People(with_expected_pay(work.hours, rates.cells), countries)
    told, after = with_countries(told, people, (before, after), order.secret)
    context = ReleaseContext(day, policy, order.secret, told.cells)
    eligible = studied.eligible.contributors["contributor"]
    counted = eligible.filter(~eligible.is_in(sorted(studied.eligible.set_aside)))
    sent = exported.around.words
    names = published_names(names_of(exported, order.known), sent.alike, sent.rulings, counted)
    del studied, inside, members, fresh  # large, and done with
    tables, states = supplementary_tables(work, said.beside, rates, context, before)
    contents = contents_of(told, names, order.stamp, tables)
    return Draft(contents, replace(after, others=states), screening.flags, aside, alarm)


def disclosed_without(studied: Study, rates: Rates, draws: Draws, pairs: pl.DataFrame) -> pl.DataFrame:
    """The figures of the cells in `pairs` (cell, contributor), made without these people; they count for the bands."""
    numbered = rates.cells.with_columns(cell_ids(rates.cells))
    located = numbered.select("cell", *KEYS).join(pairs, on="cell")
    again = cells_without(studied, rates, located).with_columns(pl.col("contributors") + memory.HELD_BACK)
    others = numbered.join(pairs, on="cell", how="anti", maintain_order="left").drop("cell")
    shown = disclose(replace(rates, cells=pl.concat([others, again])), studied.policy, draws).cells
    return shown.with_columns(cell_ids(shown)).join(pairs, on="cell", how="semi", maintain_order="left")


def screened_study(parts: Parts, order: Order, said: Said) -> tuple[Study, Screening, str | None]:
    """Return the study without those who are set aside, what the screening found, and its alarm, if any (step E)."""
    arrivals = arrivals_of(parts, order.day, order.policy)
    studied = arrivals.study()
    screening = screened(studied)
    aside, alarm = newly_set_aside(screening, said.decided, said.set_aside)
    return (arrivals.study(aside) if aside else studied), screening, alarm


def names_of(exported: Exported, known: Mapping[str, Pack]) -> Names:
    shows_clients = frozenset(slug for slug, pack in known.items() if pack.shows_clients)
    return Names(exported.around.clients, exported.around.tasks, shows_clients)
