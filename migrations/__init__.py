"""The schema of `intake`, one numbered step a file, forward and back; imports nothing of ours."""
