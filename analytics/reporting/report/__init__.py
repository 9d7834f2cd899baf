"""Reports to cite: one dated document of a release, or of exports that an analyst has in hand."""
