"""Colours of drawings: variables of the page, each with a default for pages that lack it."""

INK = "var(--chart-ink, #1d2421)"
SOFT = "var(--chart-soft, #59645f)"
LINE = "var(--chart-line, #dcdfda)"
FILL = "var(--chart-fill, #1f6f5c)"
OTHER = "var(--chart-other, #6d7a74)"
MARK = "var(--chart-mark, #a8480a)"
FONT = "system-ui, -apple-system, Segoe UI, Noto Sans, Noto Sans Arabic, sans-serif"
