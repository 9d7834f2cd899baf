"""The extension's generated inputs, written from the declarations in Python and TOML.

`contract.py` and the pack modules become `extension/src/generated/contract.ts` (interfaces, unions, bounds); the packs
also become `packs.json`. The output is committed; `stale` names the files that are out of date.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from api.intake import contract, declarations
from api.packs import exports, model, readme_table, response_capture
from api.packs import fields as pack_fields
from api.packs import load as packs

FOLDER = Path(__file__).parents[2] / "extension" / "src" / "generated"
HEADER = (
    "/** Made by `taskwage generate` from api/intake/contract.py and api/packs/model.py. Never edited by hand. */\n"
)
_BOUND = re.compile(r"^(MAX_\w+) = .+?(?:  # (.+))?$", re.MULTILINE)
_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}

Schema = dict[str, Any]


def contents() -> dict[str, str]:
    """Return the text of every generated file by its name."""
    return {
        "contract.ts": _typescript(),
        "packs.json": _packs(),
        "taps.json": _taps(),
        "declarations.json": json.dumps(declarations.declared(), indent=1) + "\n",
    }


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every generated file and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in contents().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the names of generated files that are missing or out of date."""

    def differs(name: str, text: str) -> bool:
        file = folder / name
        return not file.is_file() or file.read_text(encoding="utf-8") != text

    return [name for name, text in contents().items() if differs(name, text)]


def fresh_readme(file: Path = readme_table.README) -> tuple[str, bool]:
    """Return the README with a fresh table of platforms, and whether it was fresh already."""
    text = file.read_text(encoding="utf-8")
    fresh = readme_table.with_table(text, packs.load().values())
    return fresh, fresh == text


def _packs() -> str:
    listed = [msgspec.to_builtins(pack) for pack in packs.load().values()]
    return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"


def _taps() -> str:
    """Return the part of packs that the in-page script may read from responses."""
    return json.dumps(response_capture.plans(packs.load().values()), indent=1) + "\n"


def _typescript() -> str:
    literals = _literals(contract, pack_fields, exports, model)
    parts = [HEADER, *_bounds(contract)]
    parts += [f"export type {name} = {_union(values)};\n" for values, name in literals.items()]
    for module in (contract, pack_fields, exports, model):
        parts += [_declaration(kind, schema, literals) for kind, schema in _schemas(module)]
    return "\n".join(parts)


def _bounds(module: ModuleType) -> list[str]:
    """Return the `MAX_*` constants of a module with the comments on them."""
    found = _BOUND.findall(inspect.getsource(module))
    return [f"{_comment(reason)}export const {name} = {vars(module)[name]};\n" for name, reason in found]


def _literals(*modules: ModuleType) -> dict[tuple[str, ...], str]:
    """Return the named unions of words that modules declare, by their words, except names of Structs."""
    taken = {kind.__name__ for module in modules for kind in _own_types(module)}
    named = {name: value for module in modules for name, value in vars(module).items() if name not in taken}
    return {get_args(value): name for name, value in named.items() if get_origin(value) is Literal}


def _own_types(module: ModuleType) -> list[type]:
    """Return the Structs and enums that a module itself declares, in its order."""
    types = [thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Struct | Enum)]
    return [kind for kind in types if kind.__module__ == module.__name__]


def _schemas(module: ModuleType) -> list[tuple[type, Schema]]:
    """Return each type of a module with its JSON schema."""
    kinds = _own_types(module)
    _, schemas = msgspec.json.schema_components(kinds, ref_template="{name}")
    return [(kind, schemas[kind.__name__]) for kind in kinds if kind.__name__ in schemas]


def _declaration(kind: type, schema: Schema, literals: dict[tuple[str, ...], str]) -> str:
    """Return one interface, or one union of an enum's words."""
    meaning = _comment(inspect.getdoc(kind))
    if issubclass(kind, Enum):
        return f"{meaning}export type {kind.__name__} = {_union(word.value for word in kind)};\n"
    required = _always_present(kind, schema)
    fields = [
        f"  {name}{'' if name in required else '?'}: {_type(field, literals)};\n"
        for name, field in schema.get("properties", {}).items()
    ]
    return f"{meaning}export interface {kind.__name__} {{\n{''.join(fields)}}}\n"


def _always_present(kind: type, schema: Schema) -> set[str]:
    """Return the fields that a reader can rely on: packs are written with every default filled in."""
    if kind.__module__ in (pack_fields.__name__, exports.__name__, model.__name__):
        return set(schema.get("properties", {}))
    return set(schema.get("required", ()))


def _comment(text: str | None) -> str:
    return f"/** {' '.join(text.split())} */\n" if text else ""


def _union(values: Iterable[object]) -> str:
    return " | ".join(json.dumps(value) for value in values)


def _type(schema: Schema, literals: dict[tuple[str, ...], str]) -> str:
    """Return a JSON schema as a TypeScript type."""
    if "$ref" in schema:
        return str(schema["$ref"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return _enumerated(schema["enum"], literals)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(choice, literals) for choice in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        return _array(schema, literals)
    if kind == "object":
        return f"Record<string, {_type(schema.get('additionalProperties') or {}, literals)}>"
    return _SCALARS.get(str(kind), "unknown")


def _enumerated(values: list[Any], literals: dict[tuple[str, ...], str]) -> str:
    """Return a union of words by its name if it has one (the schema sorts them, the declaration does not)."""
    words = {value for value in values if value is not None}
    name = next((name for known, name in literals.items() if set(known) == words), None)
    null = " | null" if None in values else ""
    return f"{name or _union(value for value in values if value is not None)}{null}"


def _array(schema: Schema, literals: dict[tuple[str, ...], str]) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(_type(item, literals) for item in schema['prefixItems'])}]"
    inner = _type(schema["items"], literals) if schema.get("items") else "unknown"
    return f"({inner})[]" if " | " in inner else f"{inner}[]"
