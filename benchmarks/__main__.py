"""All benchmarks, as Markdown tables of ratios: `./run bench [--quick]`. Takes some minutes."""

from __future__ import annotations

import growth
import lateness
import pieces
import reading
import samples
import snmp_polling
import story
import sweep

if __name__ == "__main__":  # the processes of the sweep's pool come by here too
    print("## A whole story\n")
    story.main()
    print("\n## Larger rooms\n")
    growth.main()
    print("\n## Its pieces\n")
    pieces.main()
    print("\n## Sweeps\n")
    sweep.main()
    print("\n## Reading a long event file\n")
    reading.main()
    print("\n## A week of samples\n")
    samples.main()
    print("\n## Being late on the wall clock\n")
    lateness.main()
    print("\n## Polling UPS cards\n")
    snmp_polling.main()
