"""The letters that represent words in rows. A letter never changes its meaning."""

from __future__ import annotations

REWARD_PER = {"task": b"t", "unit": b"u", "hour": b"h", "thousand": b"k"}
OUTCOME = {
    "submitted": b"s",
    "approved": b"a",
    "rejected": b"r",
    "paid": b"p",
    "returned": b"g",  # for "given back"
    "expired": b"x",
    "screened_out": b"o",
    "abandoned": b"l",  # for "lost"
}
TIMER = {"focus": b"f", "manual": b"m", "import": b"i", "elsewhere": b"e", "statement": b"s"}
PAY_KIND = {"task": b"t", "training": b"r", "screen_out": b"o", "bonus_only": b"b"}
ORIGIN = {"crowd": b"c", "archive": b"a"}


def words(codes: dict[str, bytes]) -> dict[bytes, str]:
    """Return `codes` reversed, from letter to word."""
    return {letter: word for word, letter in codes.items()}


def letters(codes: dict[str, bytes]) -> dict[str, str]:
    """Return `codes` reversed, from the letter as text to the word."""
    return {letter.decode(): word for word, letter in codes.items()}


def numbers(codes: dict[str, bytes]) -> dict[int, str]:
    """Return `codes` reversed, from the letter's byte value to the word."""
    return {letter[0]: word for word, letter in codes.items()}
