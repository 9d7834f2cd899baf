"""How to cite a page: a sentence, BibTeX, the page's permanent address, and one hash that anyone can reproduce."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.release.manifest import Manifest

SPECIAL = re.compile(r"([&%$#_{}~^\\])")


@dataclass(frozen=True)
class Citation:
    """What to cite: a release, and the page of it at `address`."""

    manifest: Manifest
    address: str
    sha256: str

    @property
    def manifest_address(self) -> str:
        return f"/v1/releases/{self.manifest.release}/files/manifest.json"

    @property
    def title(self) -> str:
        return f"Taskwage, release {self.manifest.release}"

    def text(self) -> str:
        """Return the citation in a sentence."""
        simulated = "SIMULATED DATA. " if self.manifest.nature == "demo" else ""
        return (
            f"{simulated}{self.title}, as of {self.manifest.as_of.isoformat()}, estimator version "
            f"{self.manifest.estimator_version}, {self.address}; SHA-256 of the manifest {self.sha256}. "
            f"Licence {self.manifest.licence}."
        )

    def bibtex(self) -> str:
        """Return an entry for a bibliography."""
        note = f"estimator version {self.manifest.estimator_version}; SHA-256 of the manifest {self.sha256}"
        if self.manifest.nature == "demo":
            note = f"SIMULATED DATA; {note}"
        fields = {
            "title": "{" + SPECIAL.sub(r"\\\1", self.title) + "}",
            "author": "{{Taskwage contributors}}",
            "year": "{" + str(self.manifest.as_of.year) + "}",
            "howpublished": "{" + SPECIAL.sub(r"\\\1", self.address) + "}",
            "note": "{" + SPECIAL.sub(r"\\\1", note) + "}",
        }
        lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
        return f"@misc{{taskwage-{self.manifest.release},\n{lines}\n}}"
