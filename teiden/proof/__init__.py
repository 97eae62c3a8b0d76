"""The proof: every crash point, every failing write, every fault and pair of faults, played and judged."""
