"""`python -m api`: the same as the console script `taskwage`."""

from api.commands.main import main

if __name__ == "__main__":
    main()
