"""What can go wrong in analytics, as one small tree. A row left out is a count; these are for what cannot go
on.

AnalyticsError          anything below; the command line prints it as one line and ends with code 2
├── TooCrowded          too many wait for the same; it may be asked for again
└── BadInput            what was handed in cannot be used as it is
    ├── UnreadableFile  missing, too large, cut short, damaged, or not text
    ├── UnknownFormat   readable, but of a kind that no importer knows
    └── BadQuery        a column, operator, value or token that the table does not have
"""

from __future__ import annotations


class AnalyticsError(Exception):
    """The base of every failure raised on purpose in this package; its text is one line for people."""


class TooCrowded(AnalyticsError):
    """Too many wait for the same; it may be asked for again."""


class BadInput(AnalyticsError):
    """What was handed in cannot be used as it is."""


class UnreadableFile(BadInput):
    """The file is missing, too large, cut short, damaged, or not text."""


class UnknownFormat(BadInput):
    """The file can be read, but it is of a kind that no importer knows."""


class BadQuery(BadInput):
    """A column, operator, value or token that the table does not have; the text names the ones it has."""
