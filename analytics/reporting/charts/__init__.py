"""Charts as SVG text: their values (`pictures`), the drawing (`drawing`), and a sentence and table (`figure`)."""
