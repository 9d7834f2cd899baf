"""Networks of addresses in settings: trusted proxies, and readers of metrics."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


class Networks:
    """A list of networks; `address in networks` is True if one of them contains it."""

    def __init__(self, *ranges: IPv4Network | IPv6Network) -> None:
        self.ranges = ranges

    @classmethod
    def of(cls, text: str) -> Networks:
        """Parse a list of networks separated by commas: `10.0.0.0/8, ::1`.

        Raises:
            ValueError: A part is neither an address nor a network, for instance a name or `*`.
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
    """Parse the address; an IPv4 address written as IPv6 becomes the IPv4 one.

    Raises:
        ValueError: The text is not an address.
    """
    ip = ip_address(address)
    return getattr(ip, "ipv4_mapped", None) or ip
