"""The folded form of a title as migration 0019 writes it: what the program did on that day, whatever it does later."""

from __future__ import annotations

import re
import unicodedata

BLANKS = re.compile("[\t\n\v\f\r \u00a0\u2000-\u200b\u2028\u2029\u3000]+")
DIGITS = re.compile("[0-9]+")


def folded_title(title: str) -> str:
    """Lower case, one blank for many, 0 for any number."""
    folded = BLANKS.sub(" ", unicodedata.normalize("NFKC", title).lower()).strip(" ")
    return folded if DIGITS.fullmatch(folded) else DIGITS.sub("0", folded)
