"""`python -m benchmarks`: every promise about speed, measured beside its limit in the same run."""
