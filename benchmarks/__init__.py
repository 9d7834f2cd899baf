"""`python -m benchmarks`: every performance target, measured with the machine's limit in the same run."""
