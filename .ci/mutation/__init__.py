"""Mutation testing: small mistakes are put into the code one by one, and a test must fail of each."""
