"""All benchmarks, as Markdown tables of ratios: `./run bench [--quick]`. Takes some minutes."""

from __future__ import annotations

import growth
import pieces
import reading
import story

print("## A whole story\n")
story.main()
print("\n## Larger rooms\n")
growth.main()
print("\n## Its pieces\n")
pieces.main()
print("\n## Reading a long event file\n")
reading.main()
