"""The pure part of publishing, from exported rows to the content of a release.

The heavy steps run over parts of the rows, one after another or in parallel (`api.publishing.local_engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import polars as pl

from analytics.disclosure import change_control as memory
from analytics.disclosure import release_state
from analytics.disclosure.pseudonyms import cell_ids, members_of, remaining_members
from analytics.disclosure.published_names import published_names
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import Draws, Names, disclose, first_tasks
from analytics.estimator import Rates
from analytics.estimator.estimate import rates_of
from analytics.estimator.held_back import KEYS, cells_without
from analytics.estimator.parts import Parts
from analytics.estimator.screening import Screening, newly_set_aside, screened
from analytics.estimator.steps import first_days
from analytics.estimator.study import ROWS, Study, arrivals_of
from analytics.model.currency import Exchange
from analytics.model.display_currency import market_rates
from analytics.model.policy import Policy
from analytics.release.builder import PublicationMetadata, ReleaseContents, contents_of
from analytics.release.manifest import HomeFacts
from analytics.release.signature import Signer
from analytics.tables.countries import People, with_countries
from analytics.tables.release_context import ReleaseContext
from analytics.tables.supplementary import SupplementaryInputs, supplementary_tables
from analytics.tables.work import Work, with_expected_pay
from api.packs.model import Pack
from api.publishing.homes import HomesAsked
from api.publishing.local_engine import Engine, here
from api.runtime.settings import Settings
from api.store.export import Exported


@dataclass(frozen=True)
class PublishRequest:
    """A requested release, and all its inputs that are not rows."""

    settings: Settings
    day: date
    policy: Policy
    exchange: Exchange
    known: Mapping[str, Pack]
    secret: ReleaseSecret
    signer: Signer
    engine: Engine = here
    asked: HomesAsked | None = None  # None: the rows are this database's own
    homes: Mapping[str, HomeFacts] = field(default_factory=dict)

    @property
    def is_weekly(self) -> bool:
        """True if releases are weekly: for real people's shared timings, not for simulated ones and archives."""
        return self.policy.is_guarded and self.settings.nature == "real"

    @property
    def stamp(self) -> PublicationMetadata:
        market = {code: currency.usd_per_unit for code, currency in market_rates().items()}
        usd_per = dict(sorted({**market, **self.exchange.usd_per_unit(self.day)}.items()))
        return PublicationMetadata(self.settings.nature, usd_per, frozenset(self.known), self.signer, self.homes)


@dataclass(frozen=True)
class ReleaseInputs:
    """Inputs of a release besides rows: counts and notes, verdicts on flags, and the previous release state."""

    beside: SupplementaryInputs
    decided: pl.DataFrame
    set_aside: frozenset[int]  # in the previous release
    kept: bytes | None


@dataclass(frozen=True)
class Draft:
    """A release without a name yet, with its state, its flags and the contributors set aside.

    `findings` of the screening are for a reviewer: split clients, and alarms where too many people would be set aside.
    """

    contents: ReleaseContents
    memory: ReleaseState
    flags: pl.DataFrame
    set_aside: frozenset[int]
    findings: pl.DataFrame


def drafted(order: PublishRequest, exported: Exported, inputs: ReleaseInputs, parts: Parts) -> Draft:
    """Return the release of `parts`, which are the exported observations."""
    policy, day = order.policy, order.day
    studied, screening, findings = screened_study(parts, order, inputs)
    aside = studied.eligible.set_aside
    before = None if inputs.kept is None else release_state.unpacked(inputs.kept)
    rates = rates_of(studied, exported.around.overheads)
    rules = memory.ChangeRules(day, policy, order.secret)
    days = studied.parts.run(first_days, ROWS, None, studied.eligible)["first_days"]
    first = first_tasks(rates.cells, days, None if before is None else before.first_tasks)
    draws = Draws(order.secret, first, memory.divided(before))
    fresh = disclose(rates, policy, draws)
    wanted = memory.candidates(fresh, before)
    pseudonyms = order.secret.key("pseudonyms")
    inside = members_of(studied, pseudonyms, wanted)
    members = memory.CellMembers.of(
        inside,
        without=partial(disclosed_without, studied, rates, draws),
        remaining=partial(remaining_members, studied, pseudonyms, wanted),
    )
    disclosed, after = memory.apply_change_threshold(fresh, members, before, rules)
    after = replace(after, first_tasks=first)
    countries = exported.around.people.select("contributor", "country").drop_nulls()
    work = Work.of_study(studied)
    people = People(with_expected_pay(work.hours, rates.cells), countries)
    disclosed, after = with_countries(disclosed, people, (before, after), order.secret)
    context = ReleaseContext(day, policy, order.secret, disclosed.cells)
    eligible = studied.eligible.contributors["contributor"]
    counted = eligible.filter(~eligible.is_in(sorted(studied.eligible.set_aside)))
    sent = exported.around.words
    names = published_names(names_of(exported, order.known), sent.alike, sent.rulings, counted)
    del studied, inside, members, fresh  # large, and no longer needed
    tables, states = supplementary_tables(work, inputs.beside, rates, context, before)
    contents = contents_of(disclosed, names, order.stamp, tables)
    return Draft(contents, replace(after, others=states), screening.flags, aside, findings)


def disclosed_without(studied: Study, rates: Rates, draws: Draws, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of the cells in `pairs` (cell, contributor) without these people, who still count for the
    bands."""
    numbered = rates.cells.with_columns(cell_ids(rates.cells))
    located = numbered.select("cell", *KEYS).join(pairs, on="cell")
    again = cells_without(studied, rates, located).with_columns(pl.col("contributors") + memory.HELD_BACK)
    others = numbered.join(pairs, on="cell", how="anti", maintain_order="left").drop("cell")
    shown = disclose(replace(rates, cells=pl.concat([others, again])), studied.policy, draws).cells
    return shown.with_columns(cell_ids(shown)).join(pairs, on="cell", how="semi", maintain_order="left")


def screened_study(parts: Parts, order: PublishRequest, inputs: ReleaseInputs) -> tuple[Study, Screening, pl.DataFrame]:
    """Return the study without the contributors set aside, the screening's result, and its findings (step E)."""
    arrivals = arrivals_of(parts, order.day, order.policy)
    studied = arrivals.study()
    screening = screened(studied)
    aside, alarms = newly_set_aside(screening, inputs.decided, inputs.set_aside)
    findings = pl.concat([alarms, screening.findings])
    return (arrivals.study(aside) if aside else studied), screening, findings


def names_of(exported: Exported, known: Mapping[str, Pack]) -> Names:
    shows_clients = frozenset(slug for slug, pack in known.items() if pack.shows_clients)
    return Names(exported.around.clients, exported.around.tasks, shows_clients)
