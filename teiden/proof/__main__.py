"""Lets `python -m teiden.proof` stand for `./run proof`."""

from teiden.proof.command import proof

if __name__ == "__main__":
    proof(prog_name="./run proof")
