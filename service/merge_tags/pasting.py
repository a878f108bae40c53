"""What the platforms call themselves, and where HTML is pasted there."""

from __future__ import annotations

from collections.abc import Mapping

from service.merge_tags.platforms import Platform

TITLES: Mapping[Platform, str] = {
    Platform.KLAVIYO: "Klaviyo",
    Platform.MAILCHIMP: "Mailchimp",
    Platform.MANDRILL: "Mandrill",
    Platform.HUBSPOT: "HubSpot",
    Platform.SENDGRID: "SendGrid",
    Platform.CUSTOMERIO: "Customer.io",
    Platform.BRAZE: "Braze",
    Platform.SALESFORCE: "Salesforce Marketing Cloud",
    Platform.BREVO: "Brevo",
    Platform.MAUTIC: "Mautic",
    Platform.LISTMONK: "listmonk",
    Platform.INSTANTLY: "Instantly",
    Platform.SMARTLEAD: "Smartlead",
    Platform.LEMLIST: "lemlist",
    Platform.REPLY: "Reply",
    Platform.ACTIVECAMPAIGN: "ActiveCampaign",
    Platform.CONSTANTCONTACT: "Constant Contact",
    Platform.GETRESPONSE: "GetResponse",
    Platform.OMNISEND: "Omnisend",
    Platform.CAMPAIGNMONITOR: "Campaign Monitor",
    Platform.AWEBER: "AWeber",
    Platform.MAILERLITE: "MailerLite",
    Platform.ZOHO: "Zoho Campaigns",
    Platform.KEAP: "Keap",
    Platform.MAILGUN: "Mailgun",
    Platform.MARKETO: "Marketo",
    Platform.PARDOT: "Pardot",
    Platform.ITERABLE: "Iterable",
    Platform.MAILMODO: "Mailmodo",
    Platform.MAILWIZZ: "MailWizz",
    Platform.DRIP: "Drip",
}

_HTML_BLOCK = "an HTML block"
_SOURCE = "the source of the message (the <> button of the editor)"
_PLACES: Mapping[Platform, str] = {
    Platform.MAILCHIMP: "a Code block",
    Platform.MANDRILL: "the HTML of the template",
    Platform.HUBSPOT: "a custom HTML module, or the HTML of a coded template",
    Platform.SENDGRID: "a Code module, or the code editor",
    Platform.CUSTOMERIO: "an HTML block, or the code editor",
    Platform.BRAZE: "an HTML block, or the HTML editor",
    Platform.SALESFORCE: "an HTML content block",
    Platform.MAUTIC: "the code of the message (code mode, or a custom code block)",
    Platform.LISTMONK: "the raw HTML of the campaign",
    Platform.INSTANTLY: _SOURCE,
    Platform.SMARTLEAD: _SOURCE,
    Platform.LEMLIST: _SOURCE,
    Platform.REPLY: _SOURCE,
    Platform.GETRESPONSE: "a custom code block",
    Platform.MAILERLITE: "a custom HTML block",
    Platform.MAILGUN: "the HTML of the message that your program sends",
    Platform.MARKETO: "the HTML source of the mail or of a rich text",
    Platform.PARDOT: "the HTML source of the mail",
    Platform.MAILWIZZ: "the source of the template",
}


def where(platform: Platform) -> str:
    """Where the tag goes, in a sentence, and what must not be done instead."""
    return (
        f"{TITLES[platform]}: paste it into {_PLACES.get(platform, _HTML_BLOCK)}, not as an "
        "uploaded image: an upload is one copy, and everybody sees the same."
    )
