"""The colours of mail and pages: four come from the config, the rest is mixed from them, every pair is checked.

Contrast is WCAG 2.2's ratio of relative luminances; body text needs 4.5 (SC 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass

from jobdigest.config import Theme
from jobdigest.errors import ConfigError

NEEDED = 4.5
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
        muted=_mix(theme.text, theme.background, 0.70),
        rule=_mix(theme.text, theme.background, 0.14),
        tint=_mix(theme.accent, theme.background, 0.06),
        ground=theme.background,
        accent_dark=theme.accent_dark,
        text_dark=DARK_TEXT,
        muted_dark=_mix(DARK_TEXT, DARK_GROUND, 0.70),
        rule_dark=_mix(DARK_TEXT, DARK_GROUND, 0.20),
        tint_dark=_mix(theme.accent_dark, DARK_GROUND, 0.08),
        ground_dark=DARK_GROUND,
        logo=theme.logo,
    )
    problems = [
        *_problems("accent", made.accent, (made.ground, made.tint)),
        *_problems("text", made.text, (made.ground, made.tint), also=(made.muted,)),
        *_problems("accent_dark", made.accent_dark, (made.ground_dark, made.tint_dark)),
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


def _problems(name: str, colour: str, grounds: tuple[str, ...], also: tuple[str, ...] = ()) -> list[str]:
    worst, ground = min((contrast(shade, ground), ground) for shade in (colour, *also) for ground in grounds)
    if worst >= NEEDED:
        return []
    found = f"newsletter.theme.{name}: {colour} on {ground} has a contrast of {worst:.1f}, too little to read"
    return [f"{found} (at least {NEEDED} is needed); {_readable(colour, grounds)} would do"]


def _readable(colour: str, grounds: tuple[str, ...]) -> str:
    """The nearest shade of `colour` that can be read on every ground."""
    end = "#000000" if _luminance(grounds[0]) > 0.18 else "#ffffff"
    steps = (_mix(end, colour, share / 20) for share in range(1, 21))
    return next((shade for shade in steps if all(contrast(shade, ground) >= 5 for ground in grounds)), end)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
