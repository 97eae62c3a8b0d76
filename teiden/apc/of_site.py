"""Between a site and `config.apc`: what the file must say for a site, and a site's lines from the file."""

from __future__ import annotations

from collections.abc import Callable

from sequencer.site import Array, Site
from teiden.apc.storage import MAX_WAIT_S, Storage, is_ipv4
from teiden.files.source import InputError, Path, Place, Problem
from teiden.language.say import t
from teiden.products import PRODUCTS

PlaceOf = Callable[[Path], Place]


def wanted(site: Site, place: PlaceOf) -> Storage:
    """What `[AcStorage]` must say for this site; InputError where it cannot say it."""
    product, arrays = PRODUCTS[site.product], site.linked_arrays
    if not product.config_apc:
        message = t("product {product} does not read config.apc", product=site.product)
        hint = t("its linkage is set in AC Management Console; config.apc belongs to ver1.0 and ver1.02")
        raise InputError([Problem(place(("product",)), message, hint)])
    if not arrays:
        message, hint = t("the site has no linked array"), t("there is nothing to set in config.apc")
        raise InputError([Problem(place(("arrays",)), message, hint)])
    problems = []
    if len(arrays) > product.linked_arrays:
        message = t("config.apc holds one array, the site links {count} (R1-07)", count=len(arrays))
        hint = t("every further one would lose its power unflushed; ver2.1 links up to 10")
        problems.append(Problem(place(("arrays", arrays[1].name)), message, hint))
    problems += _address_problems(arrays[0], place)
    limit_s = site.linkage.flush_limit_s
    if limit_s % 1 or limit_s > MAX_WAIT_S:
        message = t("CacheFlashWait takes whole seconds, a day at most, not {limit_s:g} s", limit_s=limit_s)
        problems.append(Problem(place(("linkage", "flush_limit")), message))
    if problems:
        raise InputError(problems)
    return Storage(True, arrays[0].address, site.linkage.port, int(limit_s))


def fragment(storage: Storage) -> str:
    """The same as lines of a site file, to be filled in where only the reader knows."""
    if not storage.linked:
        return "# " + t("the linkage is switched off: no array is flushed before it is cut") + "\n"
    return "\n".join(
        [
            "product: ver1.02  # " + t("or ver1.0"),
            "linkage:",
            f"  port: {storage.port}",
            f"  flush_limit: {storage.flush_limit_s}s",
            "arrays:",
            "  linkeddisk:  # " + t("your name for it"),
            "    role: linked",
            f"    address: {storage.address}",
            "    controllers: {upses: [ups4]}  # " + t("the UPSes that feed them"),
            "    enclosures: {upses: [ups4]}",
            "",
        ]
    )


def _address_problems(array: Array, place: PlaceOf) -> list[Problem]:
    if is_ipv4(array.address):
        return []
    message = t("{array} has no IPv4 address, and config.apc takes no other", array=array.name)
    return [Problem(place(("arrays", array.name, "address")), message, t("e.g. 192.0.2.32"))]
