"""The pictures of the briefing, as inline SVG: the timeline and who supplies whom.

Belongs here: geometry. Colours are classes, so that the page's light, dark and print styles apply; all text passes
through `escape`.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from html import escape

from babel.dates import format_date

from pipeline import french

WIDTH = 720
STATUSES = tuple(french.STATUS)
"""In the order in which a bar is stacked, what was delivered at the foot."""


# --- timeline -------------------------------------------------------------------------------------------------

_TOP, _PLOT, _FOOT, _LEFT = 14, 150, 26, 28


def timeline(days: dict[date, Counter[str]]) -> str:
    """Events by day, stacked by status; by week when the period is longer than ten weeks."""
    bars = _by_week(days) if len(days) > 70 else list(days.items())
    highest = max((sum(counts.values()) for _, counts in bars), default=0)
    ticks = _ticks(highest)
    scale = _PLOT / ticks[-1]
    pitch = (WIDTH - _LEFT) / len(bars)
    width = min(pitch * 0.72, 44)
    height = _TOP + _PLOT + _FOOT
    parts = [
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="Événements par jour et par statut">'
    ]
    for tick in ticks:
        y = _TOP + _PLOT - tick * scale
        rule = "axis" if tick == 0 else "grid"
        parts.append(f'<line class="{rule}" x1="{_LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 8}" y="{y + 3.5:.1f}" text-anchor="end">{tick}</text>')
    every = max(1, round(64 / pitch))
    for position, (day, counts) in enumerate(bars):
        centre = _LEFT + pitch * (position + 0.5)
        parts += _bar(counts, day, centre - width / 2, width, scale)
        if position % every == 0:
            label = format_date(day, "d MMM", locale="fr")
            parts.append(
                f'<text class="tick" x="{centre:.1f}" y="{_TOP + _PLOT + 17}" text-anchor="middle">{label}</text>'
            )
    parts.append("</svg>")
    return "".join(parts)


def _bar(counts: Counter[str], day: date, x: float, width: float, scale: float) -> list[str]:
    foot = float(_TOP + _PLOT)
    parts = []
    for status in STATUSES:
        if not counts[status]:
            continue
        tall = counts[status] * scale
        foot -= tall
        told = f"{format_date(day, 'd MMMM', locale='fr')} : {counts[status]} {french.STATUS[status]}"
        parts.append(
            f'<rect class="s-{status}" x="{x:.1f}" y="{foot:.1f}" width="{width:.1f}" '
            f'height="{max(tall - 1, 0.5):.1f}"><title>{escape(told)}</title></rect>'
        )
    return parts


def _by_week(days: dict[date, Counter[str]]) -> list[tuple[date, Counter[str]]]:
    weeks: dict[date, Counter[str]] = {}
    for day, counts in days.items():
        weeks.setdefault(day - timedelta(days=day.weekday()), Counter()).update(counts)
    return list(weeks.items())


def _ticks(highest: int) -> list[int]:
    """Zero and two to four round steps that reach the highest bar."""
    step = next(s * 10**power for power in range(9) for s in (1, 2, 5) if s * 10**power * 4 >= max(highest, 1))
    return list(range(0, max(highest, 1) + step, step))


# --- who supplies whom ----------------------------------------------------------------------------------------

_FLOWS = 24
_GAP, _UNIT_MAX, _NODE, _SIDE, _THIN = 9.0, 16.0, 7.0, 190.0, 13.0


def flows(counts: Counter[tuple[str, str]], new: set[str]) -> str:
    """Suppliers left, recipients right, ribbons as wide as there are events; new dyads in the accent colour.

    The `_FLOWS` largest are drawn; "" when there is none.
    """
    drawn = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_FLOWS])
    if not drawn:
        return ""
    left, right = _totals(drawn, 0), _totals(drawn, 1)
    unit = min(_UNIT_MAX, 300 / sum(drawn.values()))
    tops_left, height_left = _stack(left, unit)
    tops_right, height_right = _stack(right, unit)
    height = max(height_left, height_right)
    shift_left, shift_right = (height - height_left) / 2, (height - height_right) / 2
    x_left, x_right = _SIDE, WIDTH - _SIDE
    parts = [
        f'<svg class="flows" viewBox="0 0 {WIDTH} {height + 4:.0f}" role="img" '
        'aria-label="Fournisseurs à gauche, destinataires à droite">'
    ]
    used_left: Counter[str] = Counter()
    used_right: Counter[str] = Counter()
    order = {code: place for place, code in enumerate(right)}
    for (supplier, recipient), count in sorted(drawn.items(), key=lambda item: (item[0][0], order[item[0][1]])):
        y0 = shift_left + tops_left[supplier] + used_left[supplier] * unit
        y1 = shift_right + tops_right[recipient] + used_right[recipient] * unit
        used_left[supplier] += count
        used_right[recipient] += count
        marked = " new" if f"{supplier}→{recipient}" in new else ""
        events = f"{count} événement{'s' if count > 1 else ''}"
        told = f"{french.party(supplier)} → {french.party(recipient)} : {events}"
        shape = _ribbon(x_left + _NODE, y0, x_right - _NODE, y1, count * unit)
        parts.append(f'<path class="flow{marked}" d="{shape}"><title>{escape(told)}</title></path>')
    for totals, tops, shift, x, anchor in (
        (left, tops_left, shift_left, x_left, "end"),
        (right, tops_right, shift_right, x_right - _NODE, "start"),
    ):
        for code, count in totals.items():
            y, tall = shift + tops[code], count * unit
            label_x = x - 10 if anchor == "end" else x + _NODE + 10
            parts.append(
                f'<rect class="node" x="{x:.1f}" y="{y:.1f}" width="{_NODE}" height="{max(tall, 1.5):.1f}" rx="1.5"/>'
                f'<text class="party" x="{label_x:.1f}" y="{y + tall / 2 + 4:.1f}" text-anchor="{anchor}">'
                f'{escape(_short(french.party(code)))} <tspan class="count">{count}</tspan></text>'
            )
    parts.append("</svg>")
    return "".join(parts)


def _totals(drawn: dict[tuple[str, str], int], side: int) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for pair, count in drawn.items():
        totals[pair[side]] += count
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))


def _stack(totals: dict[str, int], unit: float) -> tuple[dict[str, float], float]:
    """Where each party begins, and where the last one ends; a thin one still has room for its name."""
    tops: dict[str, float] = {}
    y = 2.0
    for code, count in totals.items():
        tall = count * unit
        room = max(tall, _THIN)
        tops[code] = y + (room - tall) / 2
        y += room + _GAP
    return tops, y - _GAP + 2


def _ribbon(x0: float, y0: float, x1: float, y1: float, wide: float) -> str:
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f},{y0:.1f} C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f} "
        f"V{y1 + wide:.1f} C{middle:.1f},{y1 + wide:.1f} {middle:.1f},{y0 + wide:.1f} {x0:.1f},{y0 + wide:.1f} Z"
    )


def _short(name: str) -> str:
    return name if len(name) <= 21 else name[:20].rstrip() + "…"
