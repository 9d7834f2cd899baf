"""Charts as SVG text: what is drawn (`pictures`), how (`drawing`), and the words and table that say the same (`figure`)."""
