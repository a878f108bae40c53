"""How each platform writes a field: alone, with words for those who have none, for an address.

What the makers of a platform document is taken; where only others say it, `proven` is false and
whoever uses it is told to try. A way that nobody vouches for is left out: a tag that a platform
does not understand reaches us as it is, and then nobody is greeted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from service.merge_tags.field_names import name_on
from service.merge_tags.platforms import Platform

_PLACES = re.compile(r"NAME|ELSE")
_ENDS = frozenset("&<>{}[]|\\`~$*=")
"""Signs that end a tag somewhere, or that HTML would have written in another way."""


@dataclass(frozen=True, slots=True)
class Way:
    """Patterns of tags, in which NAME is the field and ELSE the words for who has none.

    `encoded` makes a value safe for an address; it is empty where the platform cannot. `proven`
    says whether its makers document that.
    """

    value: str
    default: str = ""
    encoded: str = ""
    encoded_default: str = ""
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """A tag. `kept` says whether it holds the words that were to stand in."""

    text: str
    kept: bool = True


WAYS: Mapping[Platform, Way] = {
    Platform.KLAVIYO: Way(
        "{{ NAME }}",
        "{{ NAME|default:'ELSE' }}",
        "{{ NAME|urlencode }}",
        "{{ NAME|default:'ELSE'|urlencode }}",
        proven=False,
    ),
    Platform.MAILCHIMP: Way("*|NAME|*", encoded="*|URL:NAME|*", proven=False),
    Platform.MANDRILL: Way("*|NAME|*"),
    Platform.HUBSPOT: Way("{{ NAME }}"),
    Platform.SENDGRID: Way("{{NAME}}", '{{insert NAME "default=ELSE"}}'),
    Platform.CUSTOMERIO: Way(
        "{{NAME}}",
        "{{NAME | default: 'ELSE'}}",
        "{{NAME | url_encode}}",
        "{{NAME | default: 'ELSE' | url_encode}}",
        proven=False,
    ),
    Platform.BRAZE: Way(
        "{{NAME}}",
        "{{NAME | default: 'ELSE'}}",
        "{{NAME | url_param_escape}}",
        "{{NAME | default: 'ELSE' | url_param_escape}}",
    ),
    # Without 1,1 URLEncode makes nothing safe but spaces.
    Platform.SALESFORCE: Way(
        "%%NAME%%",
        "%%=IIF(EMPTY([NAME]),'ELSE',[NAME])=%%",
        "%%=URLEncode([NAME],1,1)=%%",
        "%%=URLEncode(IIF(EMPTY([NAME]),'ELSE',[NAME]),1,1)=%%",
    ),
    Platform.BREVO: Way("{{ NAME }}", "{{ NAME|default:'ELSE' }}"),
    # What stands behind the line is either `true`, for an address, or what stands in.
    Platform.MAUTIC: Way(
        "{contactfield=NAME}", "{contactfield=NAME|ELSE}", "{contactfield=NAME|true}"
    ),
    Platform.LISTMONK: Way(
        "{{ NAME }}",
        '{{ or NAME "ELSE" }}',
        "{{ NAME | urlquery }}",
        '{{ or NAME "ELSE" | urlquery }}',
        proven=False,
    ),
    Platform.INSTANTLY: Way("{{NAME}}"),
    Platform.SMARTLEAD: Way("{{NAME}}"),
    Platform.LEMLIST: Way("{{NAME}}"),
    Platform.REPLY: Way("{{NAME}}"),
    Platform.ACTIVECAMPAIGN: Way("%NAME%"),
    Platform.CONSTANTCONTACT: Way("[[NAME]]"),
    Platform.GETRESPONSE: Way("[[NAME]]"),
    Platform.OMNISEND: Way("[[NAME]]", '[[NAME | default: "ELSE"]]'),
    Platform.CAMPAIGNMONITOR: Way("[NAME,fallback=]", "[NAME,fallback=ELSE]"),
    Platform.AWEBER: Way("{!NAME}"),
    Platform.MAILERLITE: Way("{$NAME}"),
    Platform.ZOHO: Way("$[NAME]$", "$[NAME|ELSE]$"),
    Platform.KEAP: Way("~NAME~"),
    Platform.MAILGUN: Way("%NAME%"),
    Platform.MARKETO: Way("{{NAME}}", "{{NAME:default=ELSE}}"),
    Platform.PARDOT: Way("{{NAME}}"),
    Platform.ITERABLE: Way(
        "{{NAME}}",
        '{{defaultIfEmpty NAME "ELSE"}}',
        "{{#urlEncode}}{{NAME}}{{/urlEncode}}",
        '{{#urlEncode}}{{defaultIfEmpty NAME "ELSE"}}{{/urlEncode}}',
    ),
    Platform.MAILMODO: Way("${NAME}"),
    Platform.MAILWIZZ: Way("[NAME]", encoded="[NAME:filter:urlencode]"),
    Platform.DRIP: Way(
        "{{ NAME }}",
        "{{ NAME | default: 'ELSE' }}",
        "{{ NAME | url_encode }}",
        "{{ NAME | default: 'ELSE' | url_encode }}",
        proven=False,
    ),
}


def encodes(platform: Platform) -> bool:
    """Whether the platform can make a value safe for an address."""
    return bool(WAYS[platform].encoded)


def in_text(platform: Platform, name: str, stand_in: str = "") -> Written:
    """The tag of the platform's field `name` for text: alt texts, titles.

    `stand_in` is what to say to whom nothing is known of; it is left out where it has no place in
    the platform's tags, or cannot be written there.
    """
    way = WAYS[platform]
    said = _said(platform, stand_in)
    if said and way.default:
        return Written(_filled(way.default, name, said))
    return Written(_filled(way.value, name), kept=not stand_in)


def in_address(platform: Platform, name: str, stand_in: str = "") -> Written:
    """The same for a parameter's value, made safe for an address where the platform can.

    Where it cannot, the words that stand in are made safe here. If they have no place, nothing is
    lost: the template's own fallback says the same.
    """
    way = WAYS[platform]
    if way.encoded:
        said = _said(platform, stand_in)
        if said and way.encoded_default:
            return Written(_filled(way.encoded_default, name, said))
        return Written(_filled(way.encoded, name), kept=not stand_in)
    if stand_in and way.default:
        return Written(_filled(way.default, name, quote(stand_in, safe="")))
    return Written(_filled(way.value, name), kept=not stand_in)


def example_of(platform: Platform) -> str:
    """How the first name is put into an address there."""
    return in_address(platform, name_on(platform, "first_name")).text


def _said(platform: Platform, words: str) -> str:
    """The words as they can stand in a tag; empty where they cannot.

    No two platforms agree on how a quotation mark is written within quotation marks, and the
    attribute around the tag has its own; so they become those of a printer, which end nothing.
    """
    said = re.sub(r'(?<![\w.,!?])"(?=\w)', "“", words).replace('"', "”")
    said = re.sub(r"(?<!\w)'(?=\w)", "‘", said).replace("'", "’")
    ends = _ENDS_HERE.get(platform, "\0")
    if ends in said or any(sign in _ENDS or not sign.isprintable() for sign in said):
        return ""
    return said


_ENDS_HERE = {Platform.SALESFORCE: "%%", Platform.CAMPAIGNMONITOR: ","}
"""What else ends a tag, or the words in it."""


def _filled(pattern: str, name: str, said: str = "") -> str:
    if name.startswith("@"):  # a variable of AMPscript, not a column
        pattern = pattern.replace("[NAME]", "NAME").replace("%%NAME%%", "%%=v(NAME)=%%")
    return _PLACES.sub(lambda place: name if place[0] == "NAME" else said, pattern)
