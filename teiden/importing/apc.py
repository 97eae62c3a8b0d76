"""`config.apc` of Ver.1.0x: the one array that it flushes, the port, the time; nothing else stands there."""

from __future__ import annotations

from teiden.apc import storage
from teiden.apc.document import Document
from teiden.files.source import InputError, Place
from teiden.importing.draft import Draft
from teiden.importing.text import Text
from teiden.language.say import t
from teiden.products import PRODUCTS


def read(text: Text, draft: Draft) -> None:
    """What `[AcStorage]` says, into the draft; what other sources say of the arrays has been read before."""
    document = Document(text.content, text.file)
    try:
        reading = storage.read(document)
    except InputError as error:
        draft.problems += error.problems
        return
    draft.unread += reading.warnings
    said, section = reading.storage, document.headers(storage.SECTION)[0]

    def at(key: str) -> Place:
        found = document.find(section, key)
        return document.place(section if found is None else found)

    product = str(draft.top.values.get("product", ""))
    if product and not PRODUCTS[product].config_apc:
        message = t("product {product} does not read config.apc", product=product)
        draft.wrong(
            draft.top.places["product"], message, t("ver1.0 or ver1.02: which one has this config.apc")
        )
    draft.to_do("", "", "product", t("ver1.0 or ver1.02: which one has this config.apc"))
    draft.put("", "", "linkage.port", said.port, at(storage.PORT))
    draft.put("", "", "linkage.flush_limit", f"{said.flush_limit_s}s", at(storage.WAIT))
    if not said.linked:
        draft.top.remarks.append(t("the linkage is switched off: no array is flushed before it is cut"))
        return
    name = _array(said.address, draft)
    draft.put("arrays", name, "role", "linked", at(storage.ADDRESS))
    draft.put("arrays", name, "address", said.address, at(storage.ADDRESS))


def _array(address: str, draft: Draft) -> str:
    """The array that it means: of this address, or the only linked one that has none; else a new one."""
    for name, device in draft.of("arrays"):
        if device.values.get("address") == address:
            return name
    bare = [
        name
        for name, device in draft.of("arrays")
        if "address" not in device.values and device.values.get("role") == "linked"
    ]
    if len(bare) == 1:
        return bare[0]
    name = next(
        one
        for one in ("linkeddisk", *(f"linkeddisk{n}" for n in range(2, 9999)))
        if one not in draft.devices["arrays"]
    )
    draft.to_do("arrays", name, t("its name"), t("your name for it"))
    return name
