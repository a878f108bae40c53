"""What a field is likely to be called on a platform: its own spelling of well-known names.

Nobody can know the names that somebody gave to fields of their own; `mergeshot url --map` says
them. Where we have to guess, we spell as the platform does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.merge_tags.platforms import Platform

_WELL_KNOWN = {
    "fname": "first_name",
    "firstname": "first_name",
    "forename": "first_name",
    "given_name": "first_name",
    "lname": "last_name",
    "lastname": "last_name",
    "surname": "last_name",
    "family_name": "last_name",
    "e_mail": "email",
    "mail": "email",
    "email_address": "email",
    "organisation": "company",
    "organization": "company",
    "company_name": "company",
    "phone_number": "phone",
}
_MAILCHIMP_LENGTH = 10
_ALLOWED = re.compile(r"[.@]?\w[\w .-]{0,99}|(?:\w+\.)?\$\{\w[\w .-]{0,99}\}")


def _as_it_is(name: str) -> str:
    return name


def _joined(name: str) -> str:
    return name.replace("_", "")


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _camel(name: str) -> str:
    first, _, rest = name.partition("_")
    return first + _pascal(rest)


def _title(name: str) -> str:
    return " ".join(word.capitalize() for word in name.split("_"))


def _short_upper(name: str) -> str:
    """Mailchimp's tags have ten characters at the most."""
    return name.upper()[:_MAILCHIMP_LENGTH].rstrip("_")


@dataclass(frozen=True, slots=True)
class _Names:
    """How a platform calls things: `known` as a whole, the rest in its `style` after `prefix`.

    Where `rooted`, every name begins with the prefix, so that one without a full stop lacks it.
    """

    style: Callable[[str], str] = _as_it_is
    known: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    rooted: bool = True


_FNAME = {"first_name": "FNAME", "last_name": "LNAME"}
_FIRSTNAME = {"first_name": "FIRSTNAME", "last_name": "LASTNAME"}
_LOWER = {"first_name": "firstname", "last_name": "lastname"}
_COMPANY_NAME = {"company": "companyName"}
_BRAZE = {"email": "email_address", "phone": "phone_number"}
_BRAZE_OWN = ("first_name", "last_name", "gender", "city", "country", "language", "date_of_birth")

_NAMES: Mapping[Platform, _Names] = {
    Platform.KLAVIYO: _Names(
        prefix="person.",
        rooted=False,
        known={
            "first_name": "first_name",
            "last_name": "last_name",
            "email": "email",
            "company": "organization",
            "phone": "person.phone_number",
        },
    ),
    Platform.MAILCHIMP: _Names(_short_upper, _FNAME),
    Platform.MANDRILL: _Names(str.upper, _FNAME),
    Platform.HUBSPOT: _Names(known={**_LOWER, "job_title": "jobtitle"}, prefix="contact."),
    Platform.SENDGRID: _Names(),
    Platform.CUSTOMERIO: _Names(prefix="customer."),
    Platform.BRAZE: _Names(
        lambda name: f"custom_attribute.${{{name}}}",
        {
            **{own: f"${{{own}}}" for own in _BRAZE_OWN},
            **{ours: f"${{{theirs}}}" for ours, theirs in _BRAZE.items()},
        },
    ),
    Platform.SALESFORCE: _Names(_title, {"email": "emailaddr"}),
    Platform.BREVO: _Names(str.upper, _FIRSTNAME, prefix="contact."),
    Platform.MAUTIC: _Names(known={**_LOWER, "job_title": "position"}),
    Platform.LISTMONK: _Names(
        prefix=".Subscriber.Attribs.",
        known={
            "first_name": ".Subscriber.FirstName",
            "last_name": ".Subscriber.LastName",
            "name": ".Subscriber.Name",
            "email": ".Subscriber.Email",
        },
    ),
    Platform.INSTANTLY: _Names(_camel, _COMPANY_NAME),
    Platform.SMARTLEAD: _Names(known={"company": "company_name"}),
    Platform.LEMLIST: _Names(_camel, _COMPANY_NAME),
    Platform.REPLY: _Names(_pascal),
    Platform.ACTIVECAMPAIGN: _Names(str.upper, _FIRSTNAME),
    Platform.CONSTANTCONTACT: _Names(str.upper, _FIRSTNAME),
    Platform.GETRESPONSE: _Names(known=_LOWER),
    Platform.OMNISEND: _Names(prefix="contact."),
    Platform.CAMPAIGNMONITOR: _Names(_joined),
    Platform.AWEBER: _Names(
        lambda name: f"custom {name.replace('_', ' ')}",
        {**_LOWER, "name": "name", "email": "email"},
    ),
    Platform.MAILERLITE: _Names(known={"first_name": "name"}),
    Platform.ZOHO: _Names(str.upper, {**_FNAME, "company": "COMPANYNAME"}),
    Platform.KEAP: _Names(_pascal, prefix="Contact."),
    Platform.MAILGUN: _Names(prefix="recipient."),
    Platform.MARKETO: _Names(
        _title,
        {"company": "company.Company Name", "email": "lead.Email Address"},
        prefix="lead.",
    ),
    Platform.PARDOT: _Names(_pascal, prefix="Recipient."),
    Platform.ITERABLE: _Names(_camel),
    Platform.MAILMODO: _Names(),
    Platform.MAILWIZZ: _Names(str.upper, _FNAME),
    Platform.DRIP: _Names(prefix="subscriber."),
}


def name_on(platform: Platform, field_name: str) -> str:
    """What the field is likely to be called there, with all that stands before it in a tag."""
    names = _NAMES[platform]
    meant = _WELL_KNOWN.get(field_name, field_name)
    known = names.known.get(meant)
    if known is None:
        return names.prefix + names.style(meant)
    return known if "." in known or not names.rooted else names.prefix + known


def name_given(platform: Platform, name: str) -> str:
    """A name that somebody told, whole: `firstname` is `contact.firstname` on HubSpot.

    Raises:
        ValueError: signs that would end a tag, or begin something else in it.
    """
    told = name.strip()
    if not _ALLOWED.fullmatch(told):
        raise ValueError
    if platform is Platform.BRAZE and "$" not in told:
        known = _NAMES[platform].known
        return (
            f"${{{told}}}" if f"${{{told}}}" in known.values() else f"custom_attribute.${{{told}}}"
        )
    if "$" in told and platform is not Platform.BRAZE:
        raise ValueError
    prefix = _NAMES[platform].prefix
    return prefix + told if _NAMES[platform].rooted and "." not in told else told
