"""The pretend platform over HTTP: claim, work, submit, return, pay. `api/http/pages/practice` decides."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from litestar import Request, Response, get, post
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_404_NOT_FOUND
from msgspec import Struct

from api.http.pages.practice.attempts import COOKIE, MOST_ATTEMPTS, Attempt, Attempts, from_cookie, to_cookie
from api.http.pages.practice.catalogue import catalogue, dollars
from api.http.pages.practice.decisions import decision
from api.http.pages.practice.puzzles import puzzle
from api.http.pages.rendering import page
from api.http.services import Injected, Services

HOME = "/practice"
KEPT_SECONDS = 30 * 86_400
HEADINGS = {"submitted": "Submitted", "returned": "Returned", "expired": "Time is up"}

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]


class Visit(Struct, frozen=True):
    """What a request tells: whose data the site holds, the server's time, what the visitor has claimed."""

    nature: str
    now: int
    attempts: Attempts
    secure: bool

    @classmethod
    def of(cls, request: AnyRequest, services: Services) -> Visit:
        return cls(
            nature=services.settings.nature,
            now=int(services.clock.now().timestamp()),
            attempts=from_cookie(request.cookies.get(COOKIE)),
            secure=request.url.scheme == "https",
        )

    def page(self, name: str, *, status: int = 200, **context: object) -> Response[str]:
        """The template `name`; never kept by the browser: going back must show no countdown that is over."""
        shown = {"dollars": dollars, "client_of": catalogue().client_of, "open": self.attempts.open(self.now)}
        answer = page(f"practice/{name}.html", self.nature, {**shown, **context}, status)
        answer.headers["cache-control"] = "no-store"
        return answer

    def missing(self, heading: str) -> Response[str]:
        return self.page("missing", status=HTTP_404_NOT_FOUND, heading=heading)

    def see(self, attempt: Attempt) -> Redirect:
        """To the page that tells how `attempt` stands."""
        return Redirect(address(attempt, self.now), status_code=HTTP_303_SEE_OTHER)

    def remember(self, attempt: Attempt) -> Redirect:
        """The same, with `attempt` kept in the visitor's cookie."""
        answer = self.see(attempt)
        kept = to_cookie(self.attempts.with_(attempt))
        answer.set_cookie(
            COOKIE, kept, path=HOME, max_age=KEPT_SECONDS, httponly=True, samesite="lax", secure=self.secure
        )
        return answer


def address(attempt: Attempt, now: int) -> str:
    """Return the address that shows `attempt` in its state at `now`."""
    standing = attempt.standing(now)
    return f"{HOME}/attempts/{attempt.id}" + ("" if standing == "open" else f"/{standing}")


@get(HOME, include_in_schema=False, media_type=MediaType.HTML)
async def listing(request: AnyRequest, services: Injected) -> Response[str]:
    """Everything that can be claimed, and what the visitor still has open."""
    return Visit.of(request, services).page("listing", heading="Tasks to claim", tasks=catalogue().tasks)


@get(f"{HOME}/tasks/{{task_id:str}}", include_in_schema=False, media_type=MediaType.HTML)
async def task(task_id: FromPath[str], request: AnyRequest, services: Injected) -> Response[str]:
    """One task before it is claimed."""
    posting, visit = catalogue().task(task_id), Visit.of(request, services)
    if posting is None:
        return visit.missing("No such task")
    return visit.page("task", heading=posting.title, task=posting, client=catalogue().client_of(posting))


@post(f"{HOME}/tasks/{{task_id:str}}/claim", include_in_schema=False)
async def claim(task_id: FromPath[str], request: AnyRequest, services: Injected) -> Answer:
    """Claims a task; one that the visitor has open already is shown again."""
    visit = Visit.of(request, services)
    if catalogue().task(task_id) is None:
        return visit.missing("No such task")
    running = visit.attempts.open_on(task_id, visit.now)
    return visit.remember(running or Attempt(id=secrets.token_hex(6), task=task_id, claimed=visit.now))


@get(f"{HOME}/attempts/{{attempt_id:str}}", include_in_schema=False, media_type=MediaType.HTML)
async def work(attempt_id: FromPath[str], request: AnyRequest, services: Injected) -> Answer:
    """The task itself with its countdown, or how it ended."""
    visit = Visit.of(request, services)
    attempt = visit.attempts.find(attempt_id)
    if attempt is None:
        return visit.missing("No such attempt")
    if attempt.standing(visit.now) != "open":
        return visit.see(attempt)
    posting = attempt.posting
    return visit.page(
        "work",
        heading=posting.title,
        attempt=attempt,
        task=posting,
        client=catalogue().client_of(posting),
        elapsed=attempt.elapsed(visit.now),
        puzzle=puzzle(attempt),
    )


@post(f"{HOME}/attempts/{{attempt_id:str}}/submit", include_in_schema=False)
async def submit(attempt_id: FromPath[str], request: AnyRequest, services: Injected) -> Answer:
    """Submit the attempt."""
    return _end(Visit.of(request, services), attempt_id, "submitted")


@post(f"{HOME}/attempts/{{attempt_id:str}}/return", include_in_schema=False)
async def give_back(attempt_id: FromPath[str], request: AnyRequest, services: Injected) -> Answer:
    """Return the task to the pool."""
    return _end(Visit.of(request, services), attempt_id, "returned")


def _end(visit: Visit, attempt_id: str, ending: Literal["submitted", "returned"]) -> Answer:
    """Ends an attempt; one that is over stays as it is, and too late is expired by the server's clock."""
    attempt = visit.attempts.find(attempt_id)
    if attempt is None:
        return visit.missing("No such attempt")
    is_open = attempt.standing(visit.now) == "open"
    return visit.remember(attempt.ended(ending, visit.now) if is_open else attempt)


@get([f"{HOME}/attempts/{{attempt_id:str}}/{ending}" for ending in HEADINGS], include_in_schema=False)
async def ended(attempt_id: FromPath[str], request: AnyRequest, services: Injected) -> Answer:
    """How an attempt ended; an address that tells otherwise leads to the right one."""
    visit = Visit.of(request, services)
    attempt = visit.attempts.find(attempt_id)
    if attempt is None:
        return visit.missing("No such attempt")
    standing = attempt.standing(visit.now)
    if request.url.path != address(attempt, visit.now) or standing == "open":
        return visit.see(attempt)
    return visit.page("ended", heading=HEADINGS[standing], attempt=attempt, standing=standing)


@get(f"{HOME}/status", include_in_schema=False, media_type=MediaType.HTML)
async def status(request: AnyRequest, services: Injected) -> Response[str]:
    """Every attempt that is over, newest first, and what its client decided so far."""
    visit = Visit.of(request, services)
    over = [one for one in reversed(visit.attempts.every) if one.standing(visit.now) != "open"]
    rows = [(attempt, decision(attempt, visit.now)) for attempt in over]
    credited = [one for one, made in rows if made.outcome == "approved"]
    paid = sum(made.paid_micros or 0 for _, made in rows) + sum(one.posting.reward_micros for one in credited)
    pending = sum(one.posting.reward_micros for one, made in rows if made.outcome == "submitted")
    totals = {"paid_in_all": paid, "pending": pending}
    return visit.page("status", heading="Your attempts", rows=rows, most=MOST_ATTEMPTS, **totals)


handlers: list[Any] = [listing, task, claim, work, submit, give_back, ended, status]
