"""One module a command: its options, and how its answer is printed."""
