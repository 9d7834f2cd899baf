"""The pretend platform: what it posts, what a visitor claimed, what is decided about it. Nothing is paid."""
