"""Networks of addresses, as a setting names them: who is trusted to tell another's address, who may read metrics."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


class Networks:
    """Some networks; `address in networks` asks whether one of them holds it."""

    def __init__(self, *ranges: IPv4Network | IPv6Network) -> None:
        self.ranges = ranges

    @classmethod
    def of(cls, text: str) -> Networks:
        """The networks in a list parted by commas: `10.0.0.0/8, ::1`.

        Raises:
            ValueError: something in it is neither an address nor a network; a name or `*` is none.
        """
        return cls(*(ip_network(part.strip()) for part in text.split(",") if part.strip()))

    def __contains__(self, address: str | None) -> bool:
        try:
            ip = plain(address or "")
        except ValueError:
            return False
        return any(ip in network for network in self.ranges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Networks) and self.ranges == other.ranges

    def __hash__(self) -> int:
        return hash(self.ranges)

    def __repr__(self) -> str:
        return f"Networks.of({', '.join(map(str, self.ranges))!r})"


def plain(address: str) -> IPv4Address | IPv6Address:
    """The address; an IPv4 one written as IPv6 is the IPv4 one.

    Raises:
        ValueError: it is none.
    """
    ip = ip_address(address)
    return getattr(ip, "ipv4_mapped", None) or ip
