"""One story many times: drawn, played on every core or machine, summed up, and replayed where it broke."""
