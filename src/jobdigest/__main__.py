"""`python -m jobdigest` is `digest`."""

from jobdigest.cli import main

if __name__ == "__main__":
    main()
