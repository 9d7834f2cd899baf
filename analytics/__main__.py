"""`python -m analytics`: the analyst's commands, for files only, without a server."""

from analytics.commands.main import main

if __name__ == "__main__":
    main()
