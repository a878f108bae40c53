"""Lint: what is wrong with a template, before a recipient sees it.

Unknown keys and impossible values are refused when the manifest is read. Here is what can only be
seen in the whole template:

undeclared_variable unused_field                              names
data_in_head data_in_script data_in_css data_unquoted
data_in_markup data_in_address unescaped_data                 places
missing_asset missing_page remote_url                         addresses
swap_element swap_attribute swap_style device_query           swap (templates without scripts)
no_background opaque_background                               background
rule_never rule_missing                                       rules
template_failed no_doctype missing_text example_…             composed
"""

from __future__ import annotations

from service.catalogue.lint.addresses import check_addresses
from service.catalogue.lint.background import check_background
from service.catalogue.lint.composed import check_composed
from service.catalogue.lint.data import Data
from service.catalogue.lint.finding import Finding, Severity
from service.catalogue.lint.markup import read_markup
from service.catalogue.lint.names import check_names
from service.catalogue.lint.page import pages_of
from service.catalogue.lint.places import check_places, check_unescaped
from service.catalogue.lint.rules import check_rules
from service.catalogue.lint.sheets import sheets_of
from service.catalogue.lint.swap import check_swap
from service.catalogue.template import Template

__all__ = ["Finding", "Severity", "lint"]


def lint(template: Template) -> list[Finding]:
    """Everything that is wrong with a template, in the order of files and lines."""
    pages = pages_of(template)
    markup = read_markup(pages)
    sheets = sheets_of(template, markup)
    data = Data(template.manifest, pages)

    found = {
        *check_names(template, pages, data),
        *check_places(markup, data),
        *check_unescaped(pages, data),
        *check_addresses(template, pages, markup, sheets),
        *check_background(template, markup, sheets),
        *check_rules(template),
    }
    if not template.manifest.javascript:
        found.update(check_swap(markup, sheets))
    in_head = any(finding.code == "data_in_head" for finding in found)
    for finding in check_composed(template, pages):
        # The comparison of heads knows no line: it speaks only where reading found nothing.
        if not (in_head and finding.code == "data_in_head"):
            found.add(finding)
    return sorted(found)
