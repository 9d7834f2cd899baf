"""Every route, as described and as not described: no failure of ours, no hang, every answer guarded."""

from __future__ import annotations

import re
from urllib.parse import quote

import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from tally import tallied, tries

from api.http.app import ROUTES
from api.http.headers import SECURITY
from api.http.openapi import completed

PATIENCE_SECONDS = 20.0
# of every answer; the one left out differs between public data and the rest (tests/api/http)
GUARDS = {name: value for name, value in SECURITY.items() if name != "cross-origin-resource-policy"}
SHAPES = [not_a_server_error, response_schema_conformance, content_type_conformance]
PLACEHOLDER = re.compile(r"\{[^}]*\}")
PLACEHOLDER_NAME = re.compile(r"\{(\w+)[^}]*\}")
THERE = {
    "slug": "practice",
    "platform": "practice",
    "client": "c-1",
    "folder": "tables",
    "name": "client_rates.csv",
    "release_id": "2026-11-23-archive",
}
ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["..", "../../etc/passwd", "%00", "'; DROP TABLE intake.keys; --", "<script>", "=1+1", "\r\nx: y"]),
    st.sampled_from(["practice", "client_rates.csv", "client_rates.parquet", "2026-11-23", "t-3", "taskwage.css"]),
)
QUERY = st.dictionaries(
    st.sampled_from(
        ["limit", "after", "sort", "release", "since", "platform__eq", "contributors__ge", "x__null", "nul\0"]
    ),
    st.one_of(
        st.text(max_size=20), st.integers().map(str), st.sampled_from(["-1", "1e9", "nan", "task", "-task", "\0"])
    ),
    max_size=4,
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "accept": st.sampled_from(["text/csv", "application/json", "*/*", ";;;", "text/csv;q=abc", "é".encode()]),
        "accept-encoding": st.sampled_from(["zstd", "gzip;q=0", "gzip;q=x", ",,,", "identity;q=0, *;q=0"]),
        "if-none-match": st.sampled_from(["*", '"', 'W/"x"', ",", '"x", "y"']),
        "authorization": st.sampled_from(["Bearer", "Bearer " + "a" * 43, "Basic eA==", "é".encode()]),
        "content-type": st.sampled_from(
            ["application/json", "text/plain", "application/x-www-form-urlencoded", "x", ";"]
        ),
        "content-encoding": st.sampled_from(["gzip", "zstd", "br", "gzip, gzip"]),
        "cookie": st.sampled_from(
            ["practice=", "practice=e30=", "practice=.....", "practice=%00", "=;=;", "é".encode()]
        ),
        "range": st.sampled_from(["bytes=0-1", "bytes=-1", "bytes=9-1", "x"]),
        "x-forwarded-for": st.text(alphabet="0123456789.:,[] ", max_size=30).map(str.strip),
    },
)


def guarded(headers):
    assert {name: headers.get(name) for name in GUARDS} == GUARDS


def operations(schema):
    return [found.ok() for found in schema.get_all_operations()]


def test_every_described_route_keeps_to_its_description(target):
    schema = schemathesis.openapi.from_url(f"{target.url}/schema/openapi.json")
    found = operations(schema)
    assert len(found) >= 15
    for operation in found:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode == GenerationMode.NEGATIVE and not takes_something(operation):
                continue
            with tallied(f"{operation.method.upper()} {operation.path} {mode.value}") as tally:
                bombard(target, operation.as_strategy(mode), operation.method.upper(), tally)
        if operation.path_parameters:
            with tallied(f"{operation.method.upper()} {operation.path} of something there") as tally:
                there = {name: THERE[name] for name in PLACEHOLDER_NAME.findall(operation.path)}
                bombard(target, operation.as_strategy(path_parameters=there), operation.method.upper(), tally)


def takes_something(operation):
    return bool(operation.query or operation.body)  # any text at all is right in a path


def bombard(target, cases, method, tally):
    """Cases of one operation, each from a stranger and from somebody we know."""
    who = target.enrol()

    @tries(10)
    @given(case=cases)
    def each(case):
        nonlocal who
        for headers in ({}, who):
            answer = case.call(headers=headers, timeout=PATIENCE_SECONDS)
            tally.case(answer.status_code)
            guarded({name: ", ".join(values) for name, values in answer.headers.items()})
            case.validate_response(answer, checks=SHAPES)
        if method == "DELETE":
            who = target.enrol()

    each()


def test_every_route_there_is_survives_what_no_description_foresees(target):
    """Pages, files and the practice platform too: what is routed is asked of the application itself."""
    paths = sorted({*routed(), *completed(schema_of(target))["paths"], "/nowhere", "/static/{file}"})
    assert len(paths) > 25
    most = max(len(PLACEHOLDER.findall(path)) for path in paths)
    with tallied("every path, odd requests") as tally:

        @tries(400)
        @given(
            st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"]),
            st.sampled_from(paths),
            st.lists(ODD, min_size=most, max_size=most),
            QUERY,
            HEADERS,
            st.binary(max_size=60),
        )
        def each(method, path, parts, query, headers, body):
            filled = iter(parts)
            address = PLACEHOLDER.sub(lambda _: quote(next(filled), safe="%/"), path)
            answer = target.http.request(method, address, params=query, headers=headers, content=body)
            tally.case(answer.status_code)
            assert answer.status_code < 500, (method, address, query, headers, body)
            guarded(answer.headers)
            if answer.status_code >= 400 and path.startswith("/v1/") and method != "HEAD":
                assert answer.headers["content-type"] == "application/problem+json"

        each()


def schema_of(target):
    return target.http.get("/schema/openapi.json").json()


def routed():
    """Every path that is routed, the application asked."""
    handlers = [handler for module in ROUTES for handler in module.handlers]
    return [re.sub(r":\w+}", "}", path) for handler in handlers for path in getattr(handler, "paths", ())]
