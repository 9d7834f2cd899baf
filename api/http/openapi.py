"""The OpenAPI description: the framework's, with the raw route added and failures in their true shape."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from analytics.model.encoding import MEDIA_TYPES
from api.intake.contract import MAX_BATCH_ITEMS, MAX_BODY_BYTES, Observation, Overhead, Problem, Receipts, Sighting

VERSION = "1"
PROBLEM = {
    "description": "A failure; `code` is stable.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
RAW_ROUTE = "/v1/observations"
# Media types of routes that answer with bytes; the framework cannot derive them.
BYTES = {
    "/v1/contributors/me/export": ("application/json", "text/csv"),
    "/v1/snapshots/{slug}": ("application/json",),
    "/v1/releases/{release_id}/files/{name}": ("text/csv", "application/vnd.apache.parquet"),
    "/v1/tables/{name}": tuple(kind.partition(";")[0] for kind in MEDIA_TYPES.values()),
}


class Description(JsonRenderPlugin):
    """Served as /schema/openapi.json, without a page: nothing is loaded from anywhere."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, completed(openapi_schema))


def config() -> OpenAPIConfig:
    """Return the framework's configuration of the description."""
    return OpenAPIConfig(title="Taskwage", version=VERSION, path="/schema", render_plugins=[Description()])


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` with the raw route, and with our one failure shape where the framework assumes its own."""
    _, components = msgspec.json.schema_components(
        [Observation, Overhead, Sighting, Receipts, Problem], ref_template="#/components/schemas/{name}"
    )
    known = {**schema.get("components", {}).get("schemas", {}), **components}
    paths = {
        path: {method: _failing(_answering(path, operation)) for method, operation in item.items()}
        for path, item in schema["paths"].items()
    }
    paths[RAW_ROUTE] = {"post": _failing(_post_observations())}
    return {**schema, "paths": dict(sorted(paths.items())), "components": {"schemas": known}}


def _answering(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """An operation whose answer is bytes, with the kinds of bytes; any other as it is."""
    if path not in BYTES:
        return operation
    content = {kind: {"schema": {} if kind.endswith("json") else {"type": "string"}} for kind in BYTES[path]}
    answers = {status: answer | {"content": content} for status, answer in operation["responses"].items()}
    return {**operation, "responses": answers}


def _failing(operation: dict[str, Any]) -> dict[str, Any]:
    answers = {status: answer for status, answer in operation.get("responses", {}).items() if status < "4"}
    return {**operation, "responses": {**answers, "default": PROBLEM}}


def _post_observations() -> dict[str, Any]:
    items = {
        name: {
            "type": "array",
            "maxItems": MAX_BATCH_ITEMS,
            "items": {"$ref": f"#/components/schemas/{kind}"},
        }
        for name, kind in (
            ("observations", "Observation"),
            ("overheads", "Overhead"),
            ("sightings", "Sighting"),
        )
    }
    return {
        "summary": "PostObservations",
        "operationId": "PostObservations",
        "description": (
            "Store a batch. One receipt an item, sent after the commit; "
            "one bad item never hurts its neighbours. "
            f"At most {MAX_BODY_BYTES} bytes, as sent and unpacked; gzip and zstd are read."
        ),
        "security": [{"bearer": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "properties": items}}},
        },
        "responses": {
            "200": {
                "description": "One receipt an item, in the order sent.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipts"}}},
            }
        },
    }
