"""Rules of the product generations: which of them goes with which SigmaSystemCenter."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import Site
from teiden.language.say import t
from teiden.products import Pairing, needs_newer_program, pairing, product_for
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import rule


@rule(
    "R1-05",
    Severity.ERROR,
    "product and SigmaSystemCenter belong together",
    why="""
    Only these pairs support a cluster of management servers: SSC 2.1 or later with Ver.2.1, SSC 1.3 with
    Ver.1.02 or later. With any other pair the two do not find each other, and in an outage nobody stops
    the linked servers. SSC 1.3 with Ver.2.1 is allowed by the words "Ver.1.02 or later" and described
    nowhere: a warning. Without `ssc:` in the site file there is nothing to compare.
    """,
)
def product_and_ssc_belong_together(site: Site) -> Iterator[Found]:
    if not site.ssc:
        return
    match pairing(site.ssc, site.product):
        case Pairing.NONE:
            fitting = product_for(site.ssc)
            yield Broken(
                t(
                    "product {product} does not support a cluster with SSC {ssc}",
                    product=site.product,
                    ssc=site.ssc,
                ),
                ("product",),
                remedies=(
                    Remedy(remark=t("product: {product}, installed on every control node", product=fitting)),
                ),
            )
        case Pairing.BY_THE_LETTER:
            yield Broken(
                t(
                    "SSC {ssc} with {product} is allowed and nowhere described; {fitting} is the stated pair",
                    ssc=site.ssc,
                    product=site.product,
                    fitting=product_for(site.ssc),
                ),
                ("product",),
                severity=Severity.WARNING,
            )
        case Pairing.UNKNOWN:
            yield Broken(
                t("no product is stated to support a cluster with SSC {ssc}", ssc=site.ssc),
                ("ssc",),
                remedies=(Remedy(remark=t("SSC 2.1 or later with ver2.1, or SSC 1.3 with ver1.02")),),
                severity=Severity.WARNING,
            )


@rule(
    "R5-03",
    Severity.NOTE,
    "the newer ac_pvm.exe is in place with SSC 3.0 and later",
    why="""
    From SSC 3.0 on the program by which the power service talks to SSC is another one. After every update
    of the product: stop the service ESMPRO/ARC Service, copy ac_pvm_u3.exe from SSC's folder
    PVM, opt, esmproac into the product's folder, and there copy it over ac_pvm.exe; on every control
    node. `ac_pvm.exe -p USER PASSWORD` must then answer "Return Value : 0" on each of them (R5-07).
    """,
    also=("R5-07",),
)
def newer_ssc_needs_newer_program(site: Site) -> Iterator[Found]:
    if site.ssc and needs_newer_program(site.ssc):
        yield Broken(
            t("SSC {ssc}: on every control node ac_pvm_u3.exe must replace ac_pvm.exe", ssc=site.ssc),
            ("ssc",),
        )
