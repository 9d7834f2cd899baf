"""`python -m analytics`: the analyst's commands, with nothing but our files in hand."""

from analytics.commands.main import main

if __name__ == "__main__":
    main()
