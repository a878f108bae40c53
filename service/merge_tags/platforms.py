"""The platforms whose merge tags are known, by the name that notes and commands use."""

from __future__ import annotations

from enum import StrEnum


class Platform(StrEnum):
    """Who sends the mail, or what shows the picture."""

    KLAVIYO = "klaviyo"
    MAILCHIMP = "mailchimp"
    MANDRILL = "mandrill"
    HUBSPOT = "hubspot"
    SENDGRID = "sendgrid"
    CUSTOMERIO = "customerio"
    BRAZE = "braze"
    SALESFORCE = "salesforce"
    BREVO = "brevo"
    MAUTIC = "mautic"
    LISTMONK = "listmonk"
    INSTANTLY = "instantly"
    SMARTLEAD = "smartlead"
    LEMLIST = "lemlist"
    REPLY = "reply"
    ACTIVECAMPAIGN = "activecampaign"
    CONSTANTCONTACT = "constantcontact"
    GETRESPONSE = "getresponse"
    OMNISEND = "omnisend"
    CAMPAIGNMONITOR = "campaignmonitor"
    AWEBER = "aweber"
    MAILERLITE = "mailerlite"
    ZOHO = "zoho"
    KEAP = "keap"
    MAILGUN = "mailgun"
    MARKETO = "marketo"
    PARDOT = "pardot"
    ITERABLE = "iterable"
    MAILMODO = "mailmodo"
    MAILWIZZ = "mailwizz"
    DRIP = "drip"
