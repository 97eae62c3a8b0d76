"""Lets `python -m teiden` stand for the `teiden` command."""

from teiden.cli import main

if __name__ == "__main__":
    main(prog_name="teiden")
