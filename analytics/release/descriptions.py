"""Descriptions of a release for other tools, in every release: a Frictionless data package and Croissant metadata.

Both give the meaning of each table and column from the dictionary, so that a deposited release can be read without this
program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from analytics.model.encoding import Format
from analytics.model.table import Column, Table
from analytics.release.card import About
from analytics.release.manifest import LICENCE, REQUEST, FileFacts
from analytics.tables.dictionary.registry import TABLES

DATA_PACKAGE = "datapackage.json"
CROISSANT = "croissant.json"
TITLE = "Hourly pay of microtask work"
LICENCE_URL = "https://opendatacommons.org/licenses/odbl/1-0/"
CITATION = "Taskwage, hourly pay of microtask work, release {}"
_FRICTIONLESS_TYPES = {"text": "string", "integer": "integer", "number": "number", "date": "date"}
_CROISSANT_TYPES = {"text": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "date": "sc:Date"}
_CROISSANT_FORMATS: dict[Format, str] = {"csv": "text/csv", "parquet": "application/x-parquet"}
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def descriptions(about: About, files: Mapping[str, FileFacts]) -> dict[str, bytes]:
    """Return the two descriptions by file name; `files` are the tables by path. Equal releases give equal bytes."""
    return {DATA_PACKAGE: _encoded(data_package(about, files)), CROISSANT: _encoded(croissant(about, files))}


def data_package(about: About, files: Mapping[str, FileFacts]) -> dict[str, Any]:
    """Return the Frictionless data package (version 1 of its profile) of a release."""
    return {
        "profile": "tabular-data-package",
        "name": _slug(about.release),
        "title": _title(about),
        "description": _description(about),
        "version": about.estimator_version,
        "created": f"{about.as_of.isoformat()}T00:00:00Z",
        "licenses": [{"name": LICENCE, "path": LICENCE_URL, "title": "Open Database License 1.0"}],
        "resources": [_resource(table, files[_path(table, "csv")]) for table in TABLES.values()],
    }


def croissant(about: About, files: Mapping[str, FileFacts]) -> dict[str, Any]:
    """Return the Croissant (1.0) metadata of a release."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": _slug(about.release),
        "description": _description(about),
        "version": _semantic(about.estimator_version),
        "datePublished": about.as_of.isoformat(),
        "license": LICENCE_URL,
        "citeAs": CITATION.format(about.release),
        "creator": {"@type": "sc:Organization", "name": "Taskwage"},
        "distribution": [
            _file_object(table, form, files[_path(table, form)])
            for table in TABLES.values()
            for form in _CROISSANT_FORMATS
        ],
        "recordSet": [_record_set(table) for table in TABLES.values()],
    }


def _resource(table: Table, file: FileFacts) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "path": _path(table, "csv"),
        "profile": "tabular-data-resource",
        "title": table.name,
        "description": f"{table.meaning} {table.disclosure}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": {
            "fields": [
                {"name": column.name, "type": _FRICTIONLESS_TYPES[column.type], "description": _meaning(column)}
                for column in table.columns
            ],
            "missingValues": [""],
        },
    }


def _file_object(table: Table, form: Format, file: FileFacts) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{table.name}.{form}",
        "name": f"{table.name}.{form}",
        "description": table.meaning,
        "contentUrl": _path(table, form),
        "contentSize": f"{file.bytes} B",
        "encodingFormat": _CROISSANT_FORMATS[form],
        "sha256": file.sha256,
    }


def _record_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.meaning,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{column.name}",
                "name": column.name,
                "description": _meaning(column),
                "dataType": _CROISSANT_TYPES[column.type],
                "source": {"fileObject": {"@id": f"{table.name}.csv"}, "extract": {"column": column.name}},
            }
            for column in table.columns
        ],
    }


def _path(table: Table, form: Format) -> str:
    return f"tables/{table.name}.{form}"


def _meaning(column: Column) -> str:
    return column.meaning if column.unit is None else f"{column.meaning} Unit: {column.unit}."


def _title(about: About) -> str:
    simulated = "" if about.nature == "real" else " (simulated)"
    return f"{TITLE}, release {about.release}{simulated}"


def _description(about: About) -> str:
    simulated = "" if about.nature == "real" else "Every number is simulated. "
    return f"{simulated}{about.method} As of {about.as_of}, policy {about.policy}. Null means not published. {REQUEST}"


def _slug(release: str) -> str:
    return f"taskwage-{release}" if release else "taskwage"


def _semantic(version: str) -> str:
    """Return a version of three numbers, as Croissant requires."""
    return ".".join([*version.split("."), "0", "0"][:3])


def _encoded(document: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
