"""`python -m analytics`: the analyst's commands, with nothing but our files in hand."""

from analytics.cli import main

if __name__ == "__main__":
    main()
