"""Working weeks: the hours of offices with five and with six days, as decreed or as the regency has set them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache

from superapp.kernel import clock
from superapp.kernel.errors import Invalid
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.plugin import setting
from superapp.plugin.contributions import Setting

Span = tuple[time, time]
NOTHING = timedelta(0)


@dataclass(frozen=True)
class Week:
    """The working hours of a kind of office: the spans of each weekday, Monday first; breaks lie between spans."""

    days: tuple[tuple[Span, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7 or not any(self.days):
            raise ValueError("a week has seven days, and hours on one of them at least")
        for spans in self.days:
            edges = [edge for span in spans for edge in span]
            if edges != sorted(set(edges)):
                raise ValueError("spans of a day follow each other, each begins before it ends")

    @cached_property
    def hours(self) -> timedelta:
        """Return the working time of a week without holidays."""
        spans = (at(date.min, span) for spans in self.days for span in spans)
        return sum((closes - opens for opens, closes in spans), NOTHING)

    @property
    def day(self) -> timedelta:
        """Return the working time of a day, on the average of the week's working days."""
        return self.hours / sum(1 for spans in self.days if spans)

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the spans of a day that is no holiday, as moments."""
        return [at(day, span) for span in self.days[day.weekday()]]


def at(day: date, span: Span) -> tuple[datetime, datetime]:
    """Return the moments in WITA between which a span of a day lies."""
    return datetime.combine(day, span[0], clock.WITA), datetime.combine(day, span[1], clock.WITA)


NAMES = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
FIVE = "Senin–Kamis 07.30–12.00, 13.00–16.00; Jumat 07.30–11.30, 13.00–16.30"
"""37½ hours from 07.30 on, breaks left out: an hour, on Friday an hour and a half (Perpres 21/2023)."""
SIX = "Senin–Kamis 07.30–12.00, 12.30–14.30; Jumat 07.30–12.30; Sabtu 07.30–12.00, 12.30–14.30"
"""37½ hours over six days, for schools and health centres; how they lie is each office's own, this is our assumption."""
_PART = re.compile(r"(?P<first>[a-z]+)(?:-(?P<last>[a-z]+))? (?P<spans>[\d.,\- ]+)")
_SPAN = re.compile(r"(\d{1,2})\.(\d{2})-(\d{1,2})\.(\d{2})")
MEANT = N_("Tulis seperti: Senin–Kamis 07.30–12.00, 13.00–16.00; Jumat 07.30–11.30. Hari yang tidak disebut libur.")


@lru_cache(maxsize=64)
def parsed(text: str) -> Week:
    """Return the week that a text like FIVE tells; days that it leaves out are free. Raises Invalid with a sentence."""
    days: dict[int, tuple[Span, ...]] = {}
    for part in filter(None, map(str.strip, _plain(text).split(";"))):
        for day in _days(part):
            if day in days:
                raise Invalid(_("Hari {day} disebut dua kali.", day=NAMES[day].capitalize()))
            days[day] = _spans(part)
    try:
        return Week(tuple(days.get(day, ()) for day in range(7)))
    except ValueError:
        raise Invalid(_("Jam dalam sehari harus berurutan, dan paling sedikit satu hari bekerja.")) from None


def _plain(text: str) -> str:
    """Return a text as it is compared: small letters, one kind of dash, one blank at most."""
    dashed = re.sub(r"\s*[-–—]\s*", "-", text.lower().replace(":", ".").replace("'", ""))
    return " ".join(dashed.replace("\n", ";").split())


def _days(part: str) -> range:
    found = _PART.fullmatch(part)
    names = (found["first"], found["last"] or found["first"]) if found else ("", "")
    if not set(names) <= set(NAMES):
        raise Invalid(_(MEANT))
    first, last = map(NAMES.index, names)
    if last < first:
        raise Invalid(_(MEANT))
    return range(first, last + 1)


def _spans(part: str) -> tuple[Span, ...]:
    found = [_SPAN.fullmatch(text.strip()) for text in part.partition(" ")[2].split(",")]
    try:
        numbers = [tuple(map(int, one.groups())) for one in found if one]
        spans = tuple((time(h, m), time(to_h, to_m)) for h, m, to_h, to_m in numbers)
    except ValueError:
        raise Invalid(_(MEANT)) from None
    if len(spans) != len(found):
        raise Invalid(_(MEANT))
    return spans


FIVE_DAYS, SIX_DAYS = parsed(FIVE), parsed(SIX)
HELP = N_("Hari dipisah titik koma, jam dipisah koma. Tenggat, lama menunggu dan hari cuti mengikutinya.")
SETTINGS = (
    Setting("week_five", N_("Jam kerja kantor lima hari"), default=FIVE, help=HELP, check=parsed),
    Setting("week_six", N_("Jam kerja kantor enam hari"), default=SIX, help=HELP, check=parsed),
)


def five_days() -> Week:
    """Return the week of offices with five days as the regency has set it; no statement where the state is known."""
    return _present("week_five", FIVE)


def six_days() -> Week:
    """Return the week of offices with six days as the regency has set it."""
    return _present("week_six", SIX)


def _present(name: str, default: str) -> Week:
    return parsed(str(setting.value(f"shared.{name}") or default))
