"""Sharing memory between threads: asked of glibc where there is one, and of nobody else."""

from __future__ import annotations

import ctypes

from api.runtime import allocator


class Asked:
    def __init__(self):
        self.said = []

    def mallopt(self, number, value):
        self.said.append((number, value))


def test_glibc_is_asked_for_few_stores_of_memory(monkeypatch):
    asked = Asked()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: asked)
    allocator.share_memory()
    assert asked.said == [(-8, 2)]


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    allocator.share_memory()
