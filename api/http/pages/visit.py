"""A request for a page: the release it is about, its reader, and the answers that both make."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.status_codes import HTTP_404_NOT_FOUND

from analytics.model.display_currency import currencies
from analytics.release.manifest import Manifest
from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.files import MEDIA, Form, Source, chart_file
from api.errors import NotFound
from api.http.pages.citation import Citation
from api.http.pages.reader import Reader
from api.http.pages.rendering import page
from api.http.release_repository import ReleaseRepository
from api.http.services import Services

_Request = Request[None, None, State]


class NoPage(Exception):
    """The address names a release that is not there; `answer` says so."""

    def __init__(self, answer: Response[Any]) -> None:
        self.answer = answer


@dataclass(frozen=True)
class Visit:
    """One request for a page: the release it is about, and who reads. The release is the one that the address names, else
    the newest; None before the first.
    """

    services: Services
    manifest: Manifest | None
    reader: Reader

    @classmethod
    def of(cls, services: Services, request: _Request) -> Visit:
        """Return the visit.

        Raises:
            NoPage: the address names a release that is not there.
        """
        named = request.path_params.get("release") or request.query_params.get("release")
        try:
            manifest = services.releases.find(named) if named else services.releases.newest()
        except NotFound:
            raise NoPage(cls(services, None, Reader.of(request)).missing()) from None
        rates = {"currencies": currencies(manifest.as_of)} if manifest else {}
        return cls(services, manifest, Reader.of(request, named, **rates))

    @property
    def releases(self) -> ReleaseRepository:
        return self.services.releases

    @cached_property
    def nature(self) -> str:
        """The nature of the release, else of this server."""
        return self.manifest.nature if self.manifest else self.services.settings.nature

    def platform_name(self, slug: str) -> str:
        return self.services.packs[slug].name if slug in self.services.packs else slug

    @cached_property
    def citation(self) -> Citation | None:
        """Return how to cite this page; None before the first release."""
        if self.manifest is None:
            return None
        digest = hashlib.sha256(self.releases.manifest_bytes(self.manifest)).hexdigest()
        return Citation(self.manifest, self.reader.permanent(self.manifest.release), digest)

    def chart(self, figures: Sequence[Figure], file: str, subject: str, page: str) -> Response[Any]:
        """Return one of the `figures` as a file: `file` is its name and form, such as `weeks.svg`."""
        name, _, form = file.rpartition(".")
        figure = next((one for one in figures if one.name == name), None)
        if figure is None or form not in MEDIA or self.manifest is None or (form != "csv" and figure.picture is None):
            return self.missing()
        language, manifest = self.reader.language, self.manifest
        own = language.currency
        source = Source(
            subject,
            f"/r/{manifest.release}{page}",
            manifest.release,
            manifest.as_of.isoformat(),
            own.code,
            "" if own.code == "USD" else f"{own.units_per_usd:.6g} for USD 1, {own.day or ''} {own.source}",
            manifest.licence,
            language.say("SIMULATED") if self.nature == "demo" else "",
        )
        shown: Form = form
        content = chart_file(figure, shown, source, language.tag)
        stem = "-".join(re.findall(r"[A-Za-z0-9.]+", f"{manifest.release} {page} {name}"))
        headers = {
            "content-disposition": f'inline; filename="taskwage-{stem}.{form}"',
            "cache-control": "public, max-age=3600",
            "vary": "accept-language",
        }
        return Response(content, media_type=MEDIA[shown], headers=headers)

    def page(self, name: str, **context: object) -> Response[Any]:
        """Return the template `name` as an answer."""
        known = {"packs": self.services.packs, "manifest": self.manifest, "citation": self.citation}
        return page(name, self.nature, {**known, **context}, reader=self.reader)

    def missing(self) -> Response[Any]:
        """Return a page that says that there is nothing; the words of the address are not repeated in links."""
        reader = replace(self.reader, path="/", query=(), release=None)
        return page(
            "missing.html",
            self.services.settings.nature,
            {"manifest": None, "citation": None},
            HTTP_404_NOT_FOUND,
            reader,
        )
