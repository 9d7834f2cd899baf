"""The pretend platform: its postings, a visitor's claims, and the decisions on them. Nothing is paid."""
