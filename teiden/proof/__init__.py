"""The proof: every crash point, every failing write, every fault and every pair of them, played and judged."""
