from __future__ import annotations

import pytest

from service.merge_tags.field_names import name_given, name_on
from service.merge_tags.platforms import Platform


@pytest.mark.parametrize(
    ("platform", "field", "name"),
    [
        (Platform.KLAVIYO, "first_name", "first_name"),
        (Platform.KLAVIYO, "company", "organization"),
        (Platform.KLAVIYO, "tier", "person.tier"),
        (Platform.MAILCHIMP, "first_name", "FNAME"),
        (Platform.MAILCHIMP, "surname", "LNAME"),
        (Platform.MAILCHIMP, "reading_time", "READING_TI"),
        (Platform.HUBSPOT, "job_title", "contact.jobtitle"),
        (Platform.HUBSPOT, "renewal_date", "contact.renewal_date"),
        (Platform.BRAZE, "first_name", "${first_name}"),
        (Platform.BRAZE, "tier", "custom_attribute.${tier}"),
        (Platform.SALESFORCE, "first_name", "First Name"),
        (Platform.LISTMONK, "tier", ".Subscriber.Attribs.tier"),
        (Platform.INSTANTLY, "job_title", "jobTitle"),
        (Platform.REPLY, "job_title", "JobTitle"),
        (Platform.AWEBER, "shoe_size", "custom shoe size"),
        (Platform.MARKETO, "organisation", "company.Company Name"),
        (Platform.MARKETO, "job_title", "lead.Job Title"),
        (Platform.KEAP, "first_name", "Contact.FirstName"),
        (Platform.CAMPAIGNMONITOR, "shoe_size", "shoesize"),
    ],
)
def test_a_field_is_called_as_the_platform_spells_it(
    platform: Platform, field: str, name: str
) -> None:
    assert name_on(platform, field) == name


@pytest.mark.parametrize(
    ("platform", "told", "name"),
    [
        (Platform.KLAVIYO, "person.first_name", "person.first_name"),
        (Platform.KLAVIYO, "first_name", "first_name"),
        (Platform.HUBSPOT, "nickname", "contact.nickname"),
        (Platform.HUBSPOT, "company.name", "company.name"),
        (Platform.BRAZE, "first_name", "${first_name}"),
        (Platform.BRAZE, "shoe", "custom_attribute.${shoe}"),
        (Platform.BRAZE, "event_properties.${shoe}", "event_properties.${shoe}"),
        (Platform.SALESFORCE, "@first", "@first"),
        (Platform.LISTMONK, ".Subscriber.Name", ".Subscriber.Name"),
        (Platform.MAILCHIMP, " Größe ", "Größe"),
    ],
)
def test_a_name_that_is_told_gets_what_it_lacks(platform: Platform, told: str, name: str) -> None:
    assert name_given(platform, told) == name


@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize(
    "told", ["", " ", "a}}", "{{ a }}", "a|b", "a'b", 'a"b', "<a>", "a&b", "%a", "a\nb", "a" * 120]
)
def test_a_name_that_would_end_a_tag_is_refused(platform: Platform, told: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        name_given(platform, told)
