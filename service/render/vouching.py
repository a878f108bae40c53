"""From a request to what a key vouches for: what is fixed, and what may be filled later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.access.address import OPENABLE, Address
from service.catalogue.names import Names
from service.errors import FieldProblem, InvalidData
from service.model import NoteCode, RenderRequest, fold
from service.render.address import our_pairs, value_pairs
from service.render.plan import HARMLESS, Plan


def vouched(
    plan: Plan, request: RenderRequest, opened: Iterable[str], *, expires: int | None = None
) -> Address:
    """What an address for the picture of `plan`, made of `request`, has to say.

    The values of the request are fixed; `opened` names the fields, and those of our parameters,
    that whoever asks may fill. `expires` is in seconds since 1970.

    Raises:
        InvalidData: a value that could not be used as it is, or a name that cannot be left open;
            all of them at once.
    """
    names = tuple(fold(one) for one in opened)
    problems = [*_unusable(plan, names), *_not_to_be_open(plan, request, names)]
    if problems:
        told = ", ".join(dict.fromkeys(problem.field for problem in problems if problem.field))
        raise InvalidData(f"No address can be made with these: {told}.", fields=problems)
    return said(plan, request, names, expires=expires)


def said(
    plan: Plan, request: RenderRequest, opened: tuple[str, ...] = (), *, expires: int | None = None
) -> Address:
    """The same whatever became of the values: those that were not used are left out.

    Raises:
        InvalidData: a name that no address can say.
    """
    try:
        return Address(
            template=plan.template.name,
            format=plan.format.extension,
            values=dict(value_pairs(plan, request.values)),
            ours=dict(our_pairs(plan, request)),
            open=opened,
            expires=expires,
        )
    except ValueError as error:
        problem = FieldProblem("data", "invalid", str(error))
        raise InvalidData(f"No address can be made: {error}.", fields=[problem]) from error


def _unusable(plan: Plan, names: tuple[str, ...]) -> Iterator[FieldProblem]:
    """What would not be shown as it was given. That an open field is missing is no fault."""
    fields = Names(plan.template.manifest.fields)
    opened = {fields.meant(name) for name in names}
    for note in plan.notes:
        later = note.code is NoteCode.MISSING and note.field in opened
        if note.code not in HARMLESS and not later:
            yield FieldProblem(note.field, note.code.value, note.message)


def _not_to_be_open(
    plan: Plan, request: RenderRequest, names: tuple[str, ...]
) -> Iterator[FieldProblem]:
    fields = plan.template.manifest.fields
    known = Names(fields)
    fixed = {known.meant(one) or known.meant(one.partition(".")[0]) for one in request.values}
    ours = {name for name, _ in our_pairs(plan, request)}
    for name in names:
        meant = known.meant(name)
        if name in OPENABLE:
            if name in ours:
                yield FieldProblem(name, "invalid", "is fixed already")
        elif meant is None:
            yield FieldProblem(name, "unknown_field", "is no field of this template")
        elif not fields[meant].merge or fields[meant].source != "request":
            yield FieldProblem(name, "invalid", "may not stay open: the template fixes it")
        elif meant in fixed:
            yield FieldProblem(name, "invalid", "is fixed already")
