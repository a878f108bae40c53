"""How each platform writes a merge tag: a table, read from top to bottom.

A row is tried where its `opening` stands; the first row that fits says whose tag it is. Where
several platforms write the very same, a row names all of them, those with the most senders first.
What real data may look like too (`[sic]`, `~Tilda~`, `-Ade-`, `100%`) is a tag only with a name
that is known, in capitals, or with a full stop inside.

Every repetition has an end, and no two neighbours in a pattern take the same character: a tag is
read in time that grows with its length alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from service.merge_tags.platforms import Platform as P


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write a tag.

    `pattern` begins at the opening. Its group `name` is what stands for the value; `default` is
    what the tag offers in its place, written plainly, and `inner` is text in which a default may
    stand in one of the usual spellings. `end` is what closes the tag: a tag that was cut off, or
    half resolved, has none. With `known` a tag is believed only with one of these names, compared
    without case and without what is no letter or digit.
    """

    platforms: tuple[P, ...]
    opening: str
    pattern: re.Pattern[str]
    known: Collection[str] | None = None

    def match(self, text: str, start: int) -> re.Match[str] | None:
        """The tag that begins at `start`, or None."""
        found = self.pattern.match(text, start)
        if found is None or self.known is None or bare(found["name"]) in self.known:
            return found
        return None


def bare(name: str) -> str:
    """A name as it is compared: `First Name`, `first_name` and `FirstName` are one."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


PERSONAL = frozenset(
    {
        "firstname", "fname", "givenname", "lastname", "lname", "surname", "familyname",
        "fullname", "emailaddress", "useremail", "contactname", "customername",
        "recipientname", "subscribername",
    }
)  # fmt: skip
"""Names of values that nobody's data is made of, however they are bracketed."""

KNOWN = PERSONAL | frozenset(
    {
        "name", "email", "username", "nickname", "phone", "phonenumber", "middlename",
        "department", "addressline1", "addressline2", "mobile",
        "mobilephone", "company", "companyname", "organization", "organisation", "city",
        "country", "zip", "zipcode", "postcode", "postalcode", "birthday", "birthdate",
        "jobtitle", "salutation", "coupon", "couponcode", "discountcode", "vouchercode",
        "website", "domain", "address1", "unsubscribe", "unsubscribeurl", "unsubscribelink",
        "webversionurl", "webversion", "currentyear", "currentdate", "listname", "listid",
        "campaignname", "campaignsubject", "campaignuid", "subscriberid", "subscriberuid",
        "contactid", "customerid", "orderid", "ordernumber", "updateprofileurl",
        "forwardfriendurl", "companyaddress",
    }
)  # fmt: skip
"""Names that are a tag's in brackets of its own kind."""

_S = r"[\s~+-]*"
"""What may stand inside the brackets before a name: spaces, also as `+`, and trimming marks."""

TWO_BRACES = r"\{\s?\{"
"""The opening that is a tag's whatever follows."""

_IN = r"[^{}]{0,500}"
_CLOSED = r"(?P<end>\}\s?\}\}?)?"


def _curly(head: str) -> re.Pattern[str]:
    """Two or three braces around something that begins with `head`."""
    return re.compile(rf"\{{\s?\{{\{{?(?P<inner>{_S}(?P<name>{head}){_IN}){_CLOSED}")


_BLOCKS = r"[#/^]\s*(?:if|unless|each|with|greaterThan|lessThan|equals|notEquals|and|or)\b|else\b"
_ENDS = r"(?=[\s+~-]*(?:\}|$|or\b|\?\?|\|\||\|[^|{}]{0,200}(?:[}|]|$)))"
_ENDS_SOON = r"(?=[\s+~-]*(?:\}|$|or\b|\?\?|\|\||\|[^|{}]{0,200}(?:\}|$)))"
_SNAKE = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*" + _ENDS
_CAMEL = r"[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)" + _ENDS
_PASCAL = r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)*" + _ENDS_SOON

_HUBSPOT = (
    r"(?:contact|company|deal|owner|ticket|site_settings|content|subscription)\.(?=[a-z])"
    r"|personalization_token\b|unsubscribe_link"
)
_KLAVIYO = (
    r"(?:person|event|organization)\s?[.|]"
    r"|[a-z][a-z0-9_]*\|(?:default:|(?:title|upper|lower|capfirst|urlencode|escape|safe|trim|date"
    r"|lookup|striptags|truncatechars|floatformat|slice|length)\b)"
)
"""Two kinds of names of its own, and Django's filters without spaces around the bar."""

_CURLY: tuple[tuple[tuple[P, ...], str], ...] = (
    ((P.LISTMONK,), r"\.[A-Z]|(?:or|if|with|index|printf)\s[^{}]{0,80}\.(?:Subscriber|Tx)\."
     r"|(?:UnsubscribeURL|MessageURL|TrackView|OptinURL)\b"),
    ((P.SENDGRID,), r"insert\s"),
    ((P.ITERABLE,), r"#?defaultIfEmpty\b|(?:#ifEq|#ifGt|#ifContainsStr|dateMath)\b"),
    ((P.SENDGRID, P.ITERABLE), _BLOCKS),
    ((P.CUSTOMERIO,), r"(?:customer|snippets|trigger|journey)\."),
    ((P.DRIP, P.AWEBER), r"subscriber\."),
    ((P.MARKETO,), r"(?:lead|my|system|member|program)\.|company\.(?=[A-Z])"
     r"|[^{}|:]{1,80}:default="),
    ((P.PARDOT,), r"(?:Recipient|Sender|Organization|Account)\.|(?:Unsubscribe|View_Online"
     r"|EmailPreferenceCenter)\b"),
    ((P.BREVO,), r"contact\.(?=[A-Z])|params\."),
    ((P.HUBSPOT,), _HUBSPOT),
    ((P.GETRESPONSE,), r"(?:CONTACT|CUSTOM)\s"),
    ((P.SMARTLEAD,), r"sl_[a-z_]+"),
    ((P.INSTANTLY,), r"RANDOM\b|sendingAccount\w*|accountSignature"),
    ((P.KLAVIYO,), _KLAVIYO),
    ((P.KLAVIYO, P.SENDGRID, P.SMARTLEAD), _SNAKE),
    ((P.INSTANTLY, P.LEMLIST, P.ITERABLE), _CAMEL),
    ((P.REPLY, P.SENDGRID), _PASCAL),
    ((), r""),
)  # fmt: skip
"""What begins with two braces."""

_BRAZE = re.compile(
    r"\{\s?\{\{?(?P<inner>[^{}]{0,200}\$\{(?P<name>[^{}]{0,100})\}?"
    r"(?:[^{}$]|\$\{[^{}]{0,100}\}|\$){0,400})" + _CLOSED
)

_MAILCHIMP = (
    r"(?:FNAME|LNAME|EMAIL|PHONE|ADDRESS|BIRTHDAY|MERGE\d+|UNIQID|UNSUB|ARCHIVE|SUBJECT|REWARDS"
    r"|TWITTER|CURRENT_YEAR|(?:MC|LIST|USER|DATE|URL|TITLE|IFNOT|IF|ELSE|ELSEIF|END|FEED|HTML"
    r"|LOWER|UPPER|PHONE|RSS\w*|PRODUCT\w*|COUPON\w*|CART|INTERESTED|GROUP)\s?:)"
)
_FUNCTIONS = (
    r"MC|LIST|USER|DATE|URL|TITLE|IFNOT|IF|ELSE|ELSEIF|END|FEED|HTML|LOWER|UPPER|INTERESTED|GROUP"
    r"|PRODUCTS?|CART"
)


def _starred(head: str, signs: str) -> re.Pattern[str]:
    """A tag between stars and bars: `*|FNAME|*`, `*|URL:FNAME|*`, `*|FNAME:friend|*`."""
    function = rf"(?:{_FUNCTIONS})\s?:[^|*]{{0,200}}"
    value = rf"(?P<name>[{signs}][\w .=/-]{{0,60}})(?::(?P<default>[^|*]{{0,200}}))?"
    return re.compile(rf"\*\|\s?(?={head})(?:{function}|{value})(?:\s?(?P<end>\|\*))?")


_SF_NAME = r"[A-Za-z_][\w.:-]*(?: [\w.:-]+){0,6}"
_EMPTY_IIF = (
    r"IIF\(\s?(?:EMPTY|ISNULL)\([^()%]{0,80}\)\s?,\s?[\"'](?P<default>[^\"'%]{0,200})[\"']"
)

_TABLE: tuple[tuple[tuple[P, ...], str, str, Collection[str] | None], ...] = (
    ((P.MAUTIC,), r"\{", r"(?P<name>\{(?:contact|lead|company|owner)field=\w{0,60})"
     r"(?:\|(?!true\}|label\})(?P<default>[^{}]{0,200}))?(?:\|\w+)?(?P<end>\})?", None),
    ((P.MAUTIC,), r"\{", r"\{(?P<name>unsubscribe_(?:url|text)|webview_(?:url|text)"
     r"|tracking_pixel)(?P<end>\})", None),
    ((P.MAILERLITE,), r"\{", r"\{(?P<inner>(?P<name>\$[a-z_][\w.]{1,60})"
     r"(?:\s?\|[^{}]{0,200})?)(?:(?P<end>\})|$)", None),
    ((P.AWEBER,), r"\{", r"\{!\s?(?P<name>[A-Za-z][\w.-]*(?: [\w.-]+){0,4})(?:(?P<end>\})|$)",
     None),
    ((), r"\{", r"\{\s?(?P<name>[A-Za-z][A-Za-z_ -]{1,30}?)\s?(?P<end>\})", PERSONAL),
    ((P.KLAVIYO,), r"\{", r"\{%-?\s?(?P<name>unsubscribe|manage_preferences|coupon_code|web_view"
     r"|today|catalog)\b[^{}]{0,200}?(?:(?P<end>%\})|$)", None),
    ((P.CUSTOMERIO,), r"\{", r"\{%-?\s?(?P<name>unsubscribe_url|view_in_browser_url|snippet)\b"
     r"[^{}]{0,200}?(?:(?P<end>%\})|$)", None),
    ((), r"\{", r"\{%-?\s?(?P<name>if|elsif|elif|else|endif|unless|endunless|for|endfor|case|when"
     r"|endcase|assign|capture|set|with|endwith|include|comment|raw)\b[^{}]{0,400}", None),
    ((), r"\{", r"\{%-?\s?(?P<name>[A-Za-z_]\w{0,40})\b[^{}%]{0,200}(?P<end>%\})", None),

    ((P.MAILCHIMP,), r"\*\|", _starred(_MAILCHIMP, "A-Z").pattern, None),
    ((P.MANDRILL,), r"\*\|", _starred("[a-z]", "a-z").pattern, None),
    ((P.MAILCHIMP, P.MANDRILL), r"\*\|", _starred("[A-Z]", "A-Z").pattern, None),

    ((P.SALESFORCE,), r"%%", r"%%=(?:[^%]{0,80}?" + _EMPTY_IIF + r")?"
     r"(?P<name>[^%]{0,300})(?P<end>=?%%)?", None),
    ((P.SALESFORCE,), r"%%", r"%%\[(?P<name>[^%]{0,300})(?P<end>\]?%%)?", None),
    ((P.SALESFORCE,), r"%%", rf"(?<!\d)%%(?P<name>{_SF_NAME})(?P<end>%%)", None),
    ((P.SALESFORCE,), r"%%", r"(?<![\d%])%%(?P<name>\w{3,40}(?: \w{1,20})?)$", KNOWN),

    ((P.MAILGUN,), r"%", r"%(?P<name>recipient[._][\w.]{1,80})(?P<end>%)?", None),
    ((P.MAILGUN,), r"%", r"%(?P<name>unsubscribe_url|tag_unsubscribe_url"
     r"|mailing_list_unsubscribe_url|recipient|sender_email)(?P<end>%)", None),
    ((P.SMARTLEAD,), r"%", r"%(?P<name>signature|sender-firstname|sender-name)(?P<end>%)", None),
    ((P.SENDGRID,), r"\[%", r"\[%\s?(?P<name>[A-Za-z]\w{0,60})\s?(?P<end>%\])", None),
    ((P.SENDGRID,), r"%", r"(?<![\w%])%(?P<name>[a-z][a-z_]{1,40})(?P<end>%)(?!\w)", KNOWN),
    ((P.ACTIVECAMPAIGN,), r"%", r"(?<![\w%])%-?"
     r"(?P<name>[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+|[A-Z]{4,40})-?(?P<end>%)(?!\w)", None),
    ((P.ACTIVECAMPAIGN,), r"%", r"(?<![\w%])%(?P<name>[A-Z][A-Z_]{3,40})$", KNOWN),

    ((P.CONSTANTCONTACT,), r"\[\[", r"\[\[(?P<inner>\s?(?P<name>[A-Za-z][\w .]{0,60}?)\s+"
     r"(?:OR|or)\s+[^\[\]]{1,200})(?:(?P<end>\]\])|$)", None),
    ((P.OMNISEND,), r"\[\[", r"\[\[(?P<inner>\s?(?P<name>(?:contact|event|store|order|cart"
     r"|automation|account|unsubscribe_link|view_in_browser)\b[.\w]{0,60})[^\[\]]{0,200})"
     r"(?P<end>\]\])?", None),
    ((P.GETRESPONSE,), r"\[\[", r"\[\[(?P<inner>\s?(?P<name>[a-z]\w{0,60})\s+mode="
     r"[^\[\]]{0,100})(?P<end>\]\])?", None),
    ((P.CONSTANTCONTACT,), r"\$SUB", r"\$(?P<name>SUBSCRIBER\.[A-Z][A-Z0-9_]{1,60})(?P<end>\$)?",
     None),
    ((P.CONSTANTCONTACT,), r"\[\[", r"\[\[\s?(?P<name>[A-Z][a-z]+(?:[A-Z][a-z0-9]+)*)\s?"
     r"(?:(?P<end>\]\])|$)", KNOWN),
    ((P.CONSTANTCONTACT,), r"\[\[", r"\[\[\s?(?P<name>[A-Z][A-Z0-9]*(?:[_ ][A-Z0-9]+)*)\s?"
     r"(?:(?P<end>\]\])|$)", KNOWN),
    ((P.CONSTANTCONTACT,), r"\[\[", r"\[\[\s?(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\s?"
     r"(?P<end>\]\])", None),
    ((P.OMNISEND, P.GETRESPONSE), r"\[\[", r"\[\[(?P<inner>\s?(?P<name>[a-z][\w ]{0,60}?)\s?"
     r"\|[^\[\]]{1,200})(?P<end>\]\])", None),
    ((P.GETRESPONSE, P.OMNISEND), r"\[\[", r"\[\[\s?(?P<name>[A-Za-z][\w -]{0,60}?)\s?"
     r"(?:(?P<end>\]\])|$)", KNOWN),
    ((P.GETRESPONSE, P.OMNISEND), r"\[\[", r"\[\[\s?(?P<name>[a-z][a-z0-9]*(?:[_.][a-z0-9]+)+)\s?"
     r"(?P<end>\]\])", None),

    ((P.CAMPAIGNMONITOR,), r"\[", r"\[(?P<name>[A-Za-z][\w -]{0,60}?)\s?,\s?fallback\s?="
     r"(?P<default>[^\[\]]{0,200})(?P<end>\])?", None),
    ((P.MAILWIZZ,), r"\[", r"\[(?P<name>[A-Z][A-Z0-9_]{1,60}):filter:[^\[\]]{0,200}(?P<end>\])?",
     None),
    ((P.MAILWIZZ,), r"\[", r"(?<![\w\[])\[(?P<name>[A-Z][A-Z0-9_]{2,60})(?P<end>\])(?![\w\]])",
     KNOWN),
    ((P.MAILWIZZ,), r"\[", r"(?<![\w\[])\[(?P<name>[A-Z][A-Z0-9_]{2,60})$", PERSONAL),
    ((P.CAMPAIGNMONITOR,), r"\[", r"(?<![\w\[])\[(?P<name>[a-z]{3,60})(?P<end>\])(?![\w\]])",
     KNOWN),
    ((P.CAMPAIGNMONITOR,), r"\[", r"(?<![\w\[])\[(?P<name>[a-z]{3,60})$", PERSONAL),

    ((P.ZOHO,), r"\$\[", r"\$\[(?P<name>[A-Za-z][\w:. ]{0,60})"
     r"(?:\|{1,2}(?P<default>[^\[\]|$]{0,200}))?(?:\|[^\[\]$]{0,60})?(?P<end>\]\$)?", None),
    ((P.ZOHO,), r"\$\{", r"\$\{(?P<inner>!?(?P<name>(?:Leads|Contacts|Accounts|Deals|Potentials"
     r"|Users?|Campaigns)\.[^{}|]{1,80})[^{}]{0,200})(?P<end>\})?", None),
    ((P.MAILMODO,), r"\$\{", r"\$\{(?P<inner>\s?(?P<name>[A-Za-z_][\w. -]{0,60})"
     r"(?:\|[^{}]{0,200})?)(?:(?P<end>\})|$)", None),

    ((P.KEAP,), r"~", r"~(?P<name>(?:Contact|Company|Owner|User|Order|Affiliate|Referral|Link"
     r"|Appointment|Invoice)\.[\w.]{0,60})(?:\|(?P<default>[^~]{0,200}))?(?P<end>~)?", None),
    ((P.KEAP,), r"~", r"~(?P<name>[A-Z][A-Za-z]{1,40}\._?[A-Za-z]\w{1,60})(?P<end>~)", None),

    ((P.SENDGRID,), r"-", r"(?<![\w-])-(?P<name>[A-Za-z]+(?:_[A-Za-z]+){0,4})(?P<end>-)(?![\w-])",
     PERSONAL | {"name", "email", "companyname", "couponcode"}),

    ((), r"<%", r"<%[=@-]\s?(?P<name>[A-Za-z_$][^%]{0,200})(?P<end>%>)?", None),
    ((), r"<%", r"<%\s?(?P<name>[A-Za-z_$][^%]{0,200})(?P<end>%>)", None),
    ((), r"#\{", r"#\{\s?(?P<name>[A-Za-z_][\w.]{0,60})[^{}]{0,100}(?P<end>\})?", None),
    ((), r"#", r"##(?P<name>[A-Z][A-Z0-9_]{2,60}|[a-z]+(?:_[a-z]+)*)(?P<end>##)", KNOWN),
)  # fmt: skip


def _rows() -> Iterator[Dialect]:
    yield Dialect((P.BRAZE,), TWO_BRACES, _BRAZE)
    for platforms, head in _CURLY:
        yield Dialect(platforms, TWO_BRACES, _curly(head))
    for platforms, opening, pattern, known in _TABLE:
        yield Dialect(platforms, opening, re.compile(pattern), known)


DIALECTS: tuple[Dialect, ...] = tuple(_rows())
"""Every way that is known, in the order in which they are tried."""

TAILS: tuple[tuple[tuple[P, ...], re.Pattern[str]], ...] = (
    ((), re.compile(r"(?P<name>[A-Za-z]\w{1,60})\s?\}\}(?!\w)")),
    ((P.MAILCHIMP, P.MANDRILL), re.compile(r"(?P<name>[A-Z][A-Z0-9_]{1,40})\|\*(?!\w)")),
    ((P.SALESFORCE,), re.compile(r"(?P<name>[\w)])=%%")),
)
"""The ends of tags whose beginning was lost. Braces need a known name, or one with a `_`."""
