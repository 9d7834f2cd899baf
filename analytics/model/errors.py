"""The errors of analytics, as one small tree. Rows left out are counted; errors are for what prevents a result.

AnalyticsError          anything below; the command line prints it as one line and ends with code 2
├── TooCrowded          too many requests wait for the same thing; retry later
└── BadInput            the input cannot be used as it is
    ├── UnreadableFile  missing, too large, cut short, damaged, or not text
    ├── UnknownFormat   readable, but of a kind that no importer knows
    └── BadQuery        a column, operator, value or token that the table does not have
"""

from __future__ import annotations


class AnalyticsError(Exception):
    """Base of all errors raised on purpose in this package; its text is one line for people."""


class TooCrowded(AnalyticsError):
    """Too many requests wait for the same thing; the caller may retry later."""


class BadInput(AnalyticsError):
    """The input cannot be used as it is."""


class UnreadableFile(BadInput):
    """The file is missing, too large, cut short, damaged, or not text."""


class UnknownFormat(BadInput):
    """The file can be read, but it is of a kind that no importer knows."""


class BadQuery(BadInput):
    """The table lacks the column, operator, value or token; the text names the ones it has."""
