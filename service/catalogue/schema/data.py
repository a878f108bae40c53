"""The schema of a template's data: of all its fields, or of one of them as a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from service.catalogue import fields as f
from service.catalogue.schema.forms import DEFINITIONS, forms_of, unfilled
from service.catalogue.schema.moments import Form
from service.catalogue.schema.plain import Shown
from service.catalogue.template import Template

Fields = Mapping[str, f.FieldKeys]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LANGUAGES = "x-default-by-language"
"""Annotation of a field whose fallback is not the same in every language."""

_EXAMPLES: WeakKeyDictionary[Template, dict[str, object]] = WeakKeyDictionary()


def data_schema(template: Template, *, strict: bool = False) -> Form:
    """The whole document, in JSON Schema 2020-12.

    With `strict` it also refuses what a strict request is refused for: unknown names, required
    fields that are missing, and values that count as none.
    """
    writer = _Writer(template, strict=strict, home="#/$defs/")
    body = writer.data()
    identity = f"urn:mergeshot:data:{template.name}@{template.version}"
    document: Form = {
        "$schema": DIALECT,
        "$id": f"{identity}:strict" if strict else identity,
        **body,
    }
    if writer.used:
        document["$defs"] = {name: DEFINITIONS[name] for name in sorted(writer.used)}
    return document


def best_data_schema(template: Template, *, home: str) -> Form:
    """Each field in its best spelling alone: for people, and for programs that write programs.

    It is a part of a document that has `DEFINITIONS` under `home`.
    """
    return _Writer(template, home=home, best=True).data()


def best_value_schema(template: Template, name: str, *, home: str) -> Form:
    """The same of one field, without what describes it."""
    return _Writer(template, home=home, best=True).value(template.manifest.fields[name], {})


def example_of(template: Template) -> dict[str, object]:
    """The examples of all its fields, as one request would give them; read once."""
    known = _EXAMPLES.get(template)
    if known is None:
        fields, shown = public_fields(template), _shown(template)
        examples = {name: shown.example(field, fields) for name, field in fields.items()}
        known = {name: value for name, value in examples.items() if value is not None}
        _EXAMPLES[template] = known
    return dict(known)


def fallbacks_of(template: Template) -> dict[str, object]:
    """What stands in for each field in the main language, where anything does."""
    fields, shown = public_fields(template), _shown(template)
    fallbacks = {name: shown.fallback(field, fields) for name, field in fields.items()}
    return {name: value for name, value in fallbacks.items() if value is not None}


def _shown(template: Template) -> Shown:
    return Shown(template.manifest.language, template.assets.keys())


def public_fields(template: Template) -> Fields:
    """The fields that a request may fill."""
    fields = template.manifest.fields
    return {name: field for name, field in fields.items() if field.source == "request"}


class _Writer:
    """Writes the schemas of one template; `used` are the definitions that they refer to."""

    def __init__(
        self, template: Template, *, home: str, strict: bool = False, best: bool = False
    ) -> None:
        self.used: set[str] = set()
        self._template = template
        self._strict = strict
        self._best = best
        self._home = home
        self._shown = _shown(template)

    def data(self) -> Form:
        manifest = self._template.manifest
        schema: Form = {"title": manifest.title or self._template.name}
        if manifest.description:
            schema["description"] = manifest.description
        schema |= self._object(public_fields(self._template), {})
        example = example_of(self._template)
        return {**schema, "examples": [example]} if example else schema

    def value(self, field: f.FieldKeys, around: Fields) -> Form:
        if isinstance(field, f.ListField):
            return self._list(field, around)
        if isinstance(field, f.GroupField):
            schema = self._object(field.fields, around)
            return {**schema, "minProperties": 1} if self._strict else schema
        return self._scalar(field)

    def _field(self, name: str, field: f.FieldKeys, around: Fields) -> Form:
        schema: Form = {"title": name.replace("_", " ").capitalize()}
        if field.help:
            schema["description"] = field.help
        schema |= self.value(field, around)
        default = self._shown.fallback(field, around)
        if default is not None:
            schema["default"] = default
        if field.fallbacks:
            schema[LANGUAGES] = {
                language: self._shown.fallback(field, around, language)
                for language in field.fallbacks
            }
        example = self._shown.example(field, around)
        return schema if example is None else {**schema, "examples": [example]}

    def _list(self, field: f.ListField, around: Fields) -> Form:
        if field.fields is None:
            items = self._scalar(field.item)
        else:
            items = {**self._object(field.fields, around), "minProperties": 1}
        schema = {"type": "array", "items": items, "maxItems": field.max_items}
        return {**schema, "minItems": 1} if self._strict else schema

    def _scalar(self, field: f.FieldKeys) -> Form:
        forms = forms_of(field, self._template.assets.keys(), self._refer)
        if self._best:
            return _for_people(field, forms[0])
        schema = forms[0] if len(forms) == 1 else {"anyOf": forms}
        if not self._strict:
            return schema
        refused = unfilled(field, self._refer)
        return {**schema, "not": {"anyOf": refused}} if refused else schema

    def _object(self, fields: Fields, around: Fields) -> Form:
        around = {**around, **fields}
        properties = {name: self._field(name, field, around) for name, field in fields.items()}
        schema: Form = {"type": "object", "properties": properties}
        if self._strict:
            schema["required"] = [name for name, field in fields.items() if field.required]
            schema["additionalProperties"] = False
        return schema

    def _refer(self, name: str) -> Form:
        self.used.add(name)
        return {"$ref": f"{self._home}{name}"}


def _for_people(field: f.FieldKeys, form: Form) -> Form:
    """Without the pattern where it only spells out what a format, or a kind, says already.

    Pages that describe a schema make up values that fit a pattern and are no days.
    """
    spelled_out = "format" in form or isinstance(field, f.NameField)
    return {key: value for key, value in form.items() if key != "pattern" or not spelled_out}
