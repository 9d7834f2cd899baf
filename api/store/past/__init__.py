"""Past days: rows that left PostgreSQL for good and are only in files, each file checked before its rows were deleted."""
