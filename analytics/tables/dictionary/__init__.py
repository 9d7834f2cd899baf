"""The published tables by subject; `analytics.tables.dictionary.registry` is the whole dictionary."""
