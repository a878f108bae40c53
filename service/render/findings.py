"""What is wrong with a campaign, in words for whoever runs it: the cause, and the way out.

Every threshold is in the table of docs/campaign-health.md. Below `FEWEST` requests nothing is
said: three trial mails are no campaign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.merge_tags.pasting import TITLES
from service.merge_tags.platforms import Platform
from service.model import Rung
from service.render.tally import UNKNOWN_PLATFORM, Counts, FieldCounts

FEWEST = 20
"""Requests below which nothing is red."""

FEWEST_ALIKE = 100
"""The same for one address alone: a person who reloads a page asks for it twenty times."""

THRESHOLDS: Mapping[str, float] = MappingProxyType(
    {
        "unresolved_tags": 0.05,
        "mostly_missing": 0.5,
        "invalid_values": 0.1,
        "cut_values": 0.25,
        "never_personalised": 0.9,
        "cut_addresses": 0.05,
        "refused_signatures": 0.05,
        "late_pictures": 0.05,
        "degraded_pictures": 0.1,
        "one_address": 1.0,
    }
)
"""By code, the share from which on a finding is red."""

_PLATFORMS = frozenset(one.value for one in Platform)

_FORMS = MappingProxyType(
    {
        "integer": "whole numbers",
        "number": "numbers",
        "money": "amounts of money",
        "date": "dates that can mean one day only, such as 2026-05-17",
        "datetime": "dates with a time, such as 2026-05-17T18:30",
        "choice": "one of the words that the template lists",
        "boolean": "yes or no",
        "color": "colours, such as #b83a14",
        "url": "web addresses that begin with https://",
        "image": "pictures on the hosts that the template allows",
        "list": "a list in JSON",
        "group": "an object in JSON",
        "name": "names: letters, spaces, hyphens and apostrophes",
    }
)
"""What a kind of field reads."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right. `cause` says what happened and why, `way_out` what to do.

    `share` of the requests it concerns, from 0 to 1; `field` and `platform` are empty where it
    is about neither.
    """

    code: str
    share: float
    cause: str
    way_out: str
    field: str = ""
    platform: str = ""


def findings(counts: Counts, kinds: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that is red, what concerns the whole campaign first.

    `kinds` are the fields that the template has today; of others there is nothing to put right.
    """
    if counts.asked < FEWEST:
        return
    yield from _signatures(counts)
    yield from _alike(counts, kinds)
    if counts.read >= FEWEST:
        yield from _empty(counts, kinds)
        for name, kind in kinds.items():
            yield from _of_field(name, kind, counts.fields[name])
        yield from _cut_short(counts)
    yield from _service(counts)


def _signatures(counts: Counts) -> Iterator[Finding]:
    share = counts.refused / counts.asked
    if share >= THRESHOLDS["refused_signatures"]:
        yield Finding(
            "refused_signatures",
            share,
            f"{percent(share)} of the addresses were not signed, or were edited after signing, "
            "or have expired. Nobody's values were used; the picture without data was shown.",
            "Make the address anew for this template and paste it as it is. Only the values of "
            "its open fields may be changed, by your platform's tags.",
        )


def _alike(counts: Counts, kinds: Mapping[str, str]) -> Iterator[Finding]:
    if kinds and counts.asked >= FEWEST_ALIKE and counts.addresses == 1:
        yield Finding(
            "one_address",
            1.0,
            f"{counts.asked:,} requests, one URL: your platform copied the picture, or the "
            "address has no merge tags in it, so that everybody sees the same one.",
            "Put the <img> into an HTML block, not into the field for uploading a picture, and "
            "look at the source of a received mail: the address there must be ours, with the "
            "recipient's own values.",
        )


def _empty(counts: Counts, kinds: Mapping[str, str]) -> Iterator[Finding]:
    """The address was pasted without its parameters: no field was so much as tried."""
    tried = max((one.read - one.absent for one in counts.fields.values()), default=0)
    share = 1 - tried / counts.read
    required = any(counts.fields[name].missing for name in kinds)
    if kinds and not required and share >= THRESHOLDS["never_personalised"]:
        yield Finding(
            "never_personalised",
            share,
            f"{percent(share)} of the addresses had no values at all: what follows the question "
            "mark was lost, or the fields in it have names that this template does not know.",
            f"Paste the whole address. This template reads: {', '.join(kinds)}.",
        )


def _of_field(name: str, kind: str, counts: FieldCounts) -> Iterator[Finding]:
    read = counts.read
    if read < FEWEST:
        return
    yield from _unresolved(name, counts)
    if (share := counts.missing / read) >= THRESHOLDS["mostly_missing"]:
        yield Finding(
            "mostly_missing",
            share,
            f"{percent(share)} of {name} came empty: your list has no value there for these "
            "people, or the tag names another column. The fallback was shown.",
            f"Look at the column of {name} in your list, and at the spelling of its tag. If it "
            "is right that most have none, choose a fallback that reads well.",
            name,
        )
    if (share := counts.invalid / read) >= THRESHOLDS["invalid_values"]:
        reads = _FORMS.get(kind, "what the template's pattern allows")
        yield Finding(
            "invalid_values",
            share,
            f"{percent(share)} of {name} could not be read: this field takes {reads}. The "
            "fallback was shown.",
            "Correct the values in your list, or the way in which the tag formats them; whoever "
            "keeps the template can add further spellings.",
            name,
        )
    if (share := counts.cut / read) >= THRESHOLDS["cut_values"]:
        yield Finding(
            "cut_values",
            share,
            f"{percent(share)} of {name} were too long and were shortened.",
            "Shorten the values, or have the template leave more room for them "
            "(max_length in its manifest).",
            name,
        )


def _unresolved(name: str, counts: FieldCounts) -> Iterator[Finding]:
    """One finding for all platforms, named after the one seen most: one mailing, one cause."""
    number = sum(counts.unresolved.values())
    share = number / counts.read
    if share < THRESHOLDS["unresolved_tags"]:
        return
    platform = max(counts.unresolved, key=lambda one: counts.unresolved[one])
    tags = "merge tags"
    if platform != UNKNOWN_PLATFORM:
        tags = f"{platform_name(platform)} tags"
    yield Finding(
        "unresolved_tags",
        share,
        f"{percent(share)} of {name} are {tags} that were never filled: the editor encoded "
        "the braces, the tag is misspelt, or the mail was sent by another platform. The fallback "
        "was shown.",
        "Paste the <img> into an HTML block, in the source view, and see that the tag reads "
        "there as your platform writes it; then send yourself one mail as a real recipient: a "
        "preview often fills nothing.",
        name,
        "" if platform == UNKNOWN_PLATFORM else platform,
    )


def _cut_short(counts: Counts) -> Iterator[Finding]:
    share = counts.truncated / counts.read
    if share >= THRESHOLDS["cut_addresses"]:
        yield Finding(
            "cut_addresses",
            share,
            f"{percent(share)} of the addresses lost their end on the way: a # in a value cuts "
            "off what follows, and some platforms shorten long addresses.",
            "Have your platform encode the values (its filter for URLs), put fields that may hold "
            "a # last, and keep the address below 1,000 characters.",
        )


def _service(counts: Counts) -> Iterator[Finding]:
    lower = (Rung.STALE, Rung.GENERIC, Rung.TILE)
    late = max(0, sum(counts.rungs[rung] for rung in lower) - counts.refused)
    if (share := late / counts.asked) >= THRESHOLDS["late_pictures"]:
        yield Finding(
            "late_pictures",
            share,
            f"{percent(share)} of the pictures could not be drawn in time; an older picture, the "
            "one without data, or a plain tile was shown. This is not your list's fault.",
            "Ask whoever runs the server to look at /healthz and the log: too few browsers for "
            "the rush, or a template that fails.",
        )
    if (share := counts.rungs[Rung.DEGRADED] / counts.asked) >= THRESHOLDS["degraded_pictures"]:
        yield Finding(
            "degraded_pictures",
            share,
            f"{percent(share)} of the pictures lack something: a font, or a picture from the web "
            "that could not be fetched.",
            "See that the addresses of logos and portraits work and answer quickly; the log says "
            "under remote_unreachable which host fails.",
        )


def platform_name(platform: str) -> str:
    """A platform as it writes itself; several that write their tags alike, with "or" between."""
    names = [TITLES[Platform(one)] if one in _PLATFORMS else one for one in platform.split("/")]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def percent(share: float) -> str:
    """A share for reading: never 100 % of what is not all, nor 0 % of what is not nothing."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        return "under 1 %"
    return f"{whole} %"
