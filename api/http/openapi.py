"""The OpenAPI description: the framework's, completed by `route_descriptions` and by the raw route."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from api.errors import TaskwageError
from api.http import route_descriptions
from api.http.route_descriptions import DESCRIPTIONS, HEADERS, PATH_PARAMETERS, Description, Schema, reference
from api.intake.contract import (
    MAX_BATCH_ITEMS,
    AccountAction,
    Health,
    Observation,
    Overhead,
    PackUpdates,
    Problem,
    Receipts,
    Sighting,
)

VERSION = "1"
PROBLEM_MEDIA = "application/problem+json"
PROBLEM = {"description": "A failure; `code` is stable.", "content": {PROBLEM_MEDIA: {"schema": reference("Problem")}}}
RAW_ROUTE = "/v1/observations"
SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The secret that the enrolment answered with: `Authorization: Bearer SECRET`.",
    }
}
INFO = "Real hourly pay of microtasks. Published figures are open to everyone; contributors send a secret."
_KINDS = (
    Observation,
    Overhead,
    Sighting,
    Health,
    AccountAction,
    Receipts,
    Problem,
    PackUpdates,
    *route_descriptions.COMPONENTS,
)


class JsonDescription(JsonRenderPlugin):
    """Serve the description as /schema/openapi.json, without a page: nothing is loaded from anywhere."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, completed(openapi_schema))


def config() -> OpenAPIConfig:
    """Return the framework's settings."""
    return OpenAPIConfig(
        title="Taskwage", version=VERSION, description=INFO, path="/schema", render_plugins=[JsonDescription()]
    )


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return `schema` with the raw route, and with what the framework cannot know of the others."""
    _, components = msgspec.json.schema_components(_KINDS, ref_template="#/components/schemas/{name}")
    schemas = {**schema.get("components", {}).get("schemas", {}), **components}
    routes = {**schema["paths"], RAW_ROUTE: {"post": _post_observations()}}
    paths = {
        path: {method: _described(path, operation, DESCRIPTIONS[method, path]) for method, operation in item.items()}
        for path, item in routes.items()
    }
    return {
        **schema,
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas, "securitySchemes": SECURITY_SCHEMES},
    }


def _described(path: str, operation: Schema, facts: Description) -> Schema:
    parameters = _parameters(path, operation.get("parameters", []), facts)
    return {
        **operation,
        "operationId": facts.name,
        "summary": facts.summary,
        "description": facts.text,
        **({"parameters": parameters} if parameters else {}),
        "responses": _responses(path, operation["responses"], facts),
        "security": [{"bearer": []}] if facts.has_secret else [],
    }


def _parameters(path: str, framework: list[Schema], facts: Description) -> list[Schema]:
    """Return the parameters, each with its words; the framework's types hold where it knows the parameter."""
    types = {(known["in"], known["name"]): known for known in framework}
    parameters = [
        {**known, "description": PATH_PARAMETERS[_path_meaning(path, name)]}
        for (place, name), known in types.items()
        if place == "path"
    ]
    for words in facts.query:
        typed = types.get(("query", words["name"]), words)
        parameters.append({**typed, "description": words["description"]})
    return parameters


def _path_meaning(path: str, name: str) -> str:
    """Return which thing a path parameter names: files have no `latest`, and `name` is a table's or a file's."""
    if "/files/" in path:
        return {"name": "file", "release_id": "file_release"}.get(name, name)
    return "table" if name == "name" else name


def _responses(path: str, framework: Schema, facts: Description) -> Schema:
    responses: Schema = {}
    for status, answer in framework.items():
        if status >= "4":
            continue
        responses[status] = {**answer, "description": facts.success}
        if facts.content is not None:
            responses[status]["content"] = {kind: {"schema": schema} for kind, schema in facts.content.items()}
        headers = {name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in facts.headers}
        if headers:
            responses[status]["headers"] = {**answer.get("headers", {}), **headers}
    if facts.is_conditional:
        responses["304"] = {"description": "You have this version: `If-None-Match` names it."}
    if path == "/readyz":
        content = {"application/json": {"schema": reference("Readiness")}}
        responses["503"] = {"description": "Requests may not be sent here; `reasons` says why.", "content": content}
    return {**responses, **_failures(facts.failures), "default": PROBLEM}


def _failures(kinds: Iterable[type[TaskwageError]]) -> Schema:
    """Return the failures of a route by status, each with the codes that it may have."""
    by_status: dict[int, list[type[TaskwageError]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {str(status): _failure(by_status[status]) for status in sorted(by_status)}


def _failure(kinds: list[type[TaskwageError]]) -> Schema:
    words = "; ".join(f"`{kind.code}`: {kind.title}" for kind in kinds)
    codes = {"type": "object", "properties": {"code": {"type": "string", "enum": [kind.code for kind in kinds]}}}
    schema = {"allOf": [reference("Problem"), codes]}
    return {"description": f"{words}.", "content": {PROBLEM_MEDIA: {"schema": schema}}}


def _post_observations() -> Schema:
    items = {
        name: {"type": "array", "maxItems": MAX_BATCH_ITEMS, "items": reference(kind)}
        for name, kind in (
            ("observations", "Observation"),
            ("overheads", "Overhead"),
            ("sightings", "Sighting"),
            ("health", "Health"),
            ("actions", "AccountAction"),
        )
    }
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "properties": items}}},
        },
        "responses": {"200": {}},
    }
