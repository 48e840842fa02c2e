"""The colours of mail and pages: four come from the config, the rest is mixed from them, every pair is checked.

Contrast is WCAG 2.2's ratio of relative luminances; body text needs 4.5 (SC 1.4.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jobdigest.config import Theme
from jobdigest.errors import ConfigError

NEEDED = 4.5
MUTED, TINT = 0.70, 0.06  # shares of text and accent in the ground
DARK_GROUND = "#14191b"
DARK_TEXT = "#e6eaea"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as `#rrggbb`; `*_dark` are their counterparts on a dark ground."""

    accent: str
    text: str
    muted: str
    rule: str
    tint: str
    ground: str
    accent_dark: str
    text_dark: str
    muted_dark: str
    rule_dark: str
    tint_dark: str
    ground_dark: str
    logo: str | None


def palette(theme: Theme) -> Palette:
    """The whole palette; raises ConfigError naming every pair that cannot be read, with a colour that could."""
    made = Palette(
        accent=theme.accent,
        text=theme.text,
        muted=_mix(theme.text, theme.background, MUTED),
        rule=_mix(theme.text, theme.background, 0.14),
        tint=_mix(theme.accent, theme.background, TINT),
        ground=theme.background,
        accent_dark=theme.accent_dark,
        text_dark=DARK_TEXT,
        muted_dark=_mix(DARK_TEXT, DARK_GROUND, MUTED),
        rule_dark=_mix(DARK_TEXT, DARK_GROUND, 0.20),
        tint_dark=_mix(theme.accent_dark, DARK_GROUND, TINT),
        ground_dark=DARK_GROUND,
        logo=theme.logo,
    )
    ground, dark = theme.background, DARK_GROUND
    problems = [
        *_problems("accent", theme.accent, lambda shade: [(shade, ground), (shade, _mix(shade, ground, TINT))]),
        *_problems("text", theme.text, lambda shade: [(shade, made.tint), (_mix(shade, ground, MUTED), ground)]),
        *_problems("accent_dark", theme.accent_dark, lambda shade: [(shade, dark), (shade, _mix(shade, dark, TINT))]),
    ]
    if theme.logo and not theme.logo.startswith("https://"):
        problems.append(f"newsletter.theme.logo: {theme.logo!r} is not an https address")
    if problems:
        raise ConfigError(problems)
    return made


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two `#rrggbb` colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _problems(name: str, colour: str, pairs: Callable[[str], list[tuple[str, str]]]) -> list[str]:
    """A line if one of the pairs that `colour` leads to cannot be read, with the nearest shade that could."""

    def worst(shade: str) -> tuple[float, str, str]:
        return min((contrast(*pair), *pair) for pair in pairs(shade))

    ratio, above, below = worst(colour)
    if ratio >= NEEDED:
        return []
    end = "#000000" if _luminance(below) > 0.18 else "#ffffff"
    better = next((shade for n in range(1, 21) if worst(shade := _mix(end, colour, n / 20))[0] >= NEEDED), end)
    found = f"newsletter.theme.{name}: {above} on {below} has a contrast of {ratio:.1f}, too little to read"
    return [f"{found} (at least {NEEDED} is needed); {better} would do"]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
