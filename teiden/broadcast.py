"""The local broadcast address by which the cluster's nodes call each other (R7-04, R7-07)."""

from __future__ import annotations

import ipaddress

from teiden.language.say import t

EXAMPLE = "172.16.134.12/24"


class NoBroadcast(ValueError):
    """There is no such address, and why."""


def broadcast_address(address: str) -> str:
    """`172.16.134.12/24` or `172.16.134.12/255.255.255.0` gives `172.16.134.255`; else NoBroadcast.

    It is (address AND mask) OR NOT mask, the same for every node of one network (R7-07).
    """
    ip, slash, mask = address.strip().partition("/")
    if not slash or not mask:
        raise NoBroadcast(
            t("{address}: the subnet mask is missing, e.g. {example}", address=address, example=EXAMPLE)
        )
    try:
        interface = ipaddress.ip_interface(f"{ip}/{mask}")
    except ValueError:
        interface = None
    if interface is None or ("." in mask and str(interface.netmask) != mask):
        raise NoBroadcast(
            t(
                "{address}: neither address/24 nor address/255.255.255.0, e.g. {example}",
                address=address,
                example=EXAMPLE,
            )
        )
    if isinstance(interface, ipaddress.IPv6Interface):
        raise NoBroadcast(
            t("{address}: IPv6 has no broadcast; give the node's IPv4 address", address=address)
        )
    network = interface.network
    if network.prefixlen == 31:
        raise NoBroadcast(
            t("{address}: a /31 joins two machines and has no broadcast address", address=address)
        )
    if network.prefixlen == 32:
        raise NoBroadcast(t("{address}: a /32 is one machine; who should hear it?", address=address))
    return str(network.broadcast_address)
