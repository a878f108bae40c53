from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.merge_tags.attributes import Tag, attribute
from service.merge_tags.field_names import name_on
from service.merge_tags.platforms import Platform
from service.merge_tags.writing import WAYS, encodes, in_address, in_text
from tests.merge_tags.reading import Read

every_platform = pytest.mark.parametrize("platform", Platform)

TABLE: dict[Platform, tuple[str, str, str]] = {
    Platform.KLAVIYO: (
        "{{ first_name }}",
        "{{ first_name|default:'friend' }}",
        "{{ first_name|default:'friend'|urlencode }}",
    ),
    Platform.MAILCHIMP: ("*|FNAME|*", "*|FNAME|*", "*|URL:FNAME|*"),
    Platform.MANDRILL: ("*|FNAME|*", "*|FNAME|*", "*|FNAME|*"),
    Platform.HUBSPOT: ("{{ contact.firstname }}",) * 3,
    Platform.SENDGRID: (
        "{{first_name}}",
        '{{insert first_name "default=friend"}}',
        '{{insert first_name "default=friend"}}',
    ),
    Platform.CUSTOMERIO: (
        "{{customer.first_name}}",
        "{{customer.first_name | default: 'friend'}}",
        "{{customer.first_name | default: 'friend' | url_encode}}",
    ),
    Platform.BRAZE: (
        "{{${first_name}}}",
        "{{${first_name} | default: 'friend'}}",
        "{{${first_name} | default: 'friend' | url_param_escape}}",
    ),
    Platform.SALESFORCE: (
        "%%First Name%%",
        "%%=IIF(EMPTY([First Name]),'friend',[First Name])=%%",
        "%%=URLEncode(IIF(EMPTY([First Name]),'friend',[First Name]),1,1)=%%",
    ),
    Platform.BREVO: (
        "{{ contact.FIRSTNAME }}",
        "{{ contact.FIRSTNAME|default:'friend' }}",
        "{{ contact.FIRSTNAME|default:'friend' }}",
    ),
    Platform.MAUTIC: (
        "{contactfield=firstname}",
        "{contactfield=firstname|friend}",
        "{contactfield=firstname|true}",
    ),
    Platform.LISTMONK: (
        "{{ .Subscriber.FirstName }}",
        '{{ or .Subscriber.FirstName "friend" }}',
        '{{ or .Subscriber.FirstName "friend" | urlquery }}',
    ),
    Platform.INSTANTLY: ("{{firstName}}",) * 3,
    Platform.SMARTLEAD: ("{{first_name}}",) * 3,
    Platform.LEMLIST: ("{{firstName}}",) * 3,
    Platform.REPLY: ("{{FirstName}}",) * 3,
    Platform.ACTIVECAMPAIGN: ("%FIRSTNAME%",) * 3,
    Platform.CONSTANTCONTACT: ("[[FIRSTNAME]]",) * 3,
    Platform.GETRESPONSE: ("[[firstname]]",) * 3,
    Platform.OMNISEND: (
        "[[contact.first_name]]",
        '[[contact.first_name | default: "friend"]]',
        '[[contact.first_name | default: "friend"]]',
    ),
    Platform.CAMPAIGNMONITOR: (
        "[firstname,fallback=]",
        "[firstname,fallback=friend]",
        "[firstname,fallback=friend]",
    ),
    Platform.AWEBER: ("{!firstname}",) * 3,
    Platform.MAILERLITE: ("{$name}",) * 3,
    Platform.ZOHO: ("$[FNAME]$", "$[FNAME|friend]$", "$[FNAME|friend]$"),
    Platform.KEAP: ("~Contact.FirstName~",) * 3,
    Platform.MAILGUN: ("%recipient.first_name%",) * 3,
    Platform.MARKETO: (
        "{{lead.First Name}}",
        "{{lead.First Name:default=friend}}",
        "{{lead.First Name:default=friend}}",
    ),
    Platform.PARDOT: ("{{Recipient.FirstName}}",) * 3,
    Platform.ITERABLE: (
        "{{firstName}}",
        '{{defaultIfEmpty firstName "friend"}}',
        '{{#urlEncode}}{{defaultIfEmpty firstName "friend"}}{{/urlEncode}}',
    ),
    Platform.MAILMODO: ("${first_name}",) * 3,
    Platform.MAILWIZZ: ("[FNAME]", "[FNAME]", "[FNAME:filter:urlencode]"),
    Platform.DRIP: (
        "{{ subscriber.first_name }}",
        "{{ subscriber.first_name | default: 'friend' }}",
        "{{ subscriber.first_name | default: 'friend' | url_encode }}",
    ),
}
"""The first name on each platform: alone, with a word for who has none, and in an address."""

ENDING = r"""['"`<>&{}\[\]|\\\n]"""
NASTY = [
    "it's",
    'the "best"',
    "}} end",
    "a|b",
    "a]b",
    "]]",
    "|*",
    "%%",
    "%%=x=%%",
    "a & b",
    "<b>",
    "{% if %}",
    "`x`",
    "a\\'b",
    "two\nlines",
    "~x~",
    "a,b",
    "20% off",
    "$[x]$",
    "'",
    '"',
]


@every_platform
def test_the_tag_is_the_one_that_the_platform_knows(platform: Platform) -> None:
    name = name_on(platform, "first_name")
    value, default, address = TABLE[platform]

    assert in_text(platform, name).text == value
    assert in_text(platform, name, "friend").text == default
    assert in_address(platform, name, "friend").text == address


def test_every_platform_is_written() -> None:
    assert set(WAYS) == set(Platform) == set(TABLE)


@every_platform
def test_without_words_to_stand_in_none_are_written(platform: Platform) -> None:
    name = name_on(platform, "first_name")
    texts = [in_text(platform, name), in_address(platform, name)]

    assert all(
        "ELSE" not in one.text and "NAME" not in one.text.replace(name, "") for one in texts
    )
    assert all(one.kept for one in texts)


@every_platform
@pytest.mark.parametrize("words", NASTY)
def test_words_that_stand_in_never_break_the_tag(platform: Platform, words: str) -> None:
    """A tag with nasty words has the same shape as one with a harmless one."""
    name = name_on(platform, "first_name")
    for write in (in_text, in_address):
        written = write(platform, name, words).text
        bare, harmless = write(platform, name).text, write(platform, name, "friend").text
        before, _, after = harmless.partition("friend")
        shaped = written.startswith(before) and written.endswith(after)
        inside = written[len(before) : len(written) - len(after)]

        ends = {Platform.SALESFORCE: "|%%", Platform.CAMPAIGNMONITOR: "|,"}.get(platform, "")

        assert written == bare or (shaped and not re.search(ENDING + ends, inside))


@every_platform
@given(words=st.text(max_size=30))
def test_whatever_stands_in_the_attribute_comes_out_whole(platform: Platform, words: str) -> None:
    name = name_on(platform, "first_name")
    for write in (in_text, in_address):
        tag = write(platform, name, words).text
        ((_, told),) = Read(f"<img {attribute('src', ('https://x/?a=1&n=', Tag(tag)))}>").tags

        assert told == {"src": f"https://x/?a=1&n={tag}"}


@every_platform
def test_where_the_platform_cannot_the_words_are_made_safe_here(platform: Platform) -> None:
    written = in_address(platform, name_on(platform, "first_name"), "Ann & Bob's")

    if not encodes(platform) and written.kept:
        assert "Ann%20%26%20Bob%27s" in written.text
        assert "Ann & Bob's" in unquote(written.text)
    else:
        assert "&" not in written.text


def test_quotation_marks_become_those_of_a_printer() -> None:
    written = in_text(Platform.KLAVIYO, "first_name", "it's the \"best\" 'one'")

    assert written.text == "{{ first_name|default:'it’s the “best” ‘one’' }}"
    assert written.kept


def test_words_that_have_no_place_are_said_to_be_lost() -> None:
    assert not in_text(Platform.KLAVIYO, "first_name", "a }} b").kept
    assert not in_text(Platform.MAILCHIMP, "FNAME", "friend").kept
    assert not in_text(Platform.SALESFORCE, "First Name", "%%x%%").kept
    assert not in_text(Platform.CAMPAIGNMONITOR, "firstname", "you, there").kept
    assert in_text(Platform.SALESFORCE, "First Name", "20% off").kept


def test_a_variable_of_ampscript_is_not_written_as_a_column() -> None:
    assert in_text(Platform.SALESFORCE, "@first").text == "%%=v(@first)=%%"
    assert in_address(Platform.SALESFORCE, "@first").text == "%%=URLEncode(@first,1,1)=%%"
