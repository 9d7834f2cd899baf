"""The published tables by what they tell; `analytics.tables` is the whole dictionary."""
