"""The figures of the benchmark as a picture for README."""

from collections.abc import Mapping, Sequence

from recommendations.evaluation import Quality

WIDTH, HEIGHT = 760, 300
COLOURS = {"genre rule": "#94a3b8", "learned": "#8b5cf6"}
PANELS = ("NDCG@10", "recall@20", "coverage@10")
FLOOR, ROOF = 240, 70


def draw(warm: Mapping[str, Quality], cold: Mapping[str, Sequence[float]], known: Sequence[int]) -> str:
    """An SVG that reads on light and on dark ground: bars of what is known well, lines of newcomers."""
    parts = [*_legend(), *_bars(warm), *_lines(cold, known)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#64748b">\n'
        "<title>Suggestions: the genre rule and what is learned</title>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _legend() -> list[str]:
    return [
        f'<rect x="{20 + 110 * at}" y="14" width="12" height="12" rx="3" fill="{colour}"/>'
        f"{_text(38 + 110 * at, 24, name, anchor='start')}"
        for at, (name, colour) in enumerate(COLOURS.items())
    ]


def _bars(warm: Mapping[str, Quality]) -> list[str]:
    parts = []
    for panel, title in enumerate(PANELS):
        left = 20 + panel * 130
        most = max(quality[panel] for quality in warm.values())
        parts.append(_text(left + 50, FLOOR + 20, title))
        for at, (name, quality) in enumerate(warm.items()):
            height = (FLOOR - ROOF) * quality[panel] / most
            x, y = left + 8 + at * 44, FLOOR - height
            parts.append(f'<rect x="{x}" y="{y:.1f}" width="38" height="{height:.1f}" rx="4" fill="{COLOURS[name]}"/>')
            parts.append(_text(x + 19, y - 6, f"{quality[panel]:.3f}"))
    return parts


def _lines(cold: Mapping[str, Sequence[float]], known: Sequence[int]) -> list[str]:
    left, width = 450, 280
    most = max(max(gains) for gains in cold.values())
    across = [left + width * at / (len(known) - 1) for at in range(len(known))]
    parts = [_text(x, FLOOR + 20, str(count)) for x, count in zip(across, known, strict=True)]
    parts.append(_text(left + width / 2, FLOOR + 40, "NDCG@10 of a newcomer by artists known"))
    for name, gains in cold.items():
        ys = [FLOOR - (FLOOR - ROOF) * gain / most for gain in gains]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, ys, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="3"/>')
        for x, y, gain in zip(across, ys, gains, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{COLOURS[name]}"/>')
            parts.append(_text(x, y - 9, f"{gain:.3f}"))
    return parts


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
