"""The published tables by what they tell; `analytics.tables.dictionary.registry` is the whole dictionary."""
