"""What `teiden products` prints: the generations side by side, and what a site needs of its own."""

from __future__ import annotations

from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.columns import columns
from teiden.products import PRODUCTS, Pairing, Product, exact_packs, pairing, rounded_packs


def table() -> str:
    """Every generation, its limits and its defaults."""
    head = ("", *PRODUCTS)
    rows = [
        (t("linked arrays"), *(str(p.linked_arrays) for p in PRODUCTS.values())),
        (t("flush limit, default"), *(f"{p.flush_limit_s:g} s" for p in PRODUCTS.values())),
        (t("flush port, default"), *(str(p.linkage_port) for p in PRODUCTS.values())),
        (t("linkage is set in"), *(_set_in(p) for p in PRODUCTS.values())),
        (t("SigmaSystemCenter, in a cluster"), *(_ssc(p) for p in PRODUCTS.values())),
        (t("installed in"), *(p.folder for p in PRODUCTS.values())),
    ]
    return "\n".join(columns([head, *rows], "<<<<", gaps=("  ", "  ", "  ", "  "))) + "\n"


def of_site(site: Site) -> str:
    """What this site has of its generation's limits, and the licences it needs."""
    product, linkage = PRODUCTS[site.product], site.linkage
    lines = [
        t("{site}: product {product}", site=site.name, product=site.product) + _with_ssc(site),
        "  "
        + t(
            "{count} of {most} linked arrays, flush limit {limit_s:g} s (default {default_s:g}), port {port}",
            count=len(site.linked_arrays),
            most=product.linked_arrays,
            limit_s=linkage.flush_limit_s,
            default_s=product.flush_limit_s,
            port=linkage.port,
        ),
        "  " + t("the product itself: {count}, one for each control node", count=len(site.control_nodes)),
        "  " + _licences(len(site.linked_servers), len(site.pool_servers)),
    ]
    return "\n".join(lines) + "\n"


def _set_in(product: Product) -> str:
    return "config.apc" if product.config_apc else "AC Management Console"


def _ssc(product: Product) -> str:
    fitting = {"1.3": "1.3", "2.1": t("2.1 or later")}
    return ", ".join(w for v, w in fitting.items() if pairing(v, product.name) is Pairing.STATED) or t("none")


def _with_ssc(site: Site) -> str:
    if not site.ssc:
        return ""
    words = {
        Pairing.STATED: t("a stated pair"),
        Pairing.BY_THE_LETTER: t("allowed, nowhere described"),
        Pairing.UNKNOWN: t("nothing is stated about it"),
        Pairing.NONE: t("no pair that supports a cluster"),
    }
    return t(" with SSC {ssc}: {words}", ssc=site.ssc, words=words[pairing(site.ssc, site.product)])


def _licences(linked: int, pool: int) -> str:
    exact, rounded = exact_packs(linked + pool), rounded_packs(linked + pool)
    if not exact:
        return t("no linked server, no licence for one")
    packs = (
        _packs(exact)
        if exact == rounded
        else t("{packs} or {other}", packs=_packs(exact), other=_packs(rounded))
    )
    return t(
        "licences for linked servers: {count} ({linked} linked, {pool} pool), as packs {packs}",
        count=linked + pool,
        linked=linked,
        pool=pool,
        packs=packs,
    )


def _packs(packs: dict[int, int]) -> str:
    return " + ".join(f"{count} x {size}" for size, count in packs.items())
