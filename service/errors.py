"""Every way in which Mergeshot says no.

ServiceError                     code, status, title; message, hint, fields
├── BadRequest            400    a malformed URL, body or parameter
├── Unauthenticated       401    no key where a key is needed
├── Forbidden             403    BadSignature: forged, missing or expired
├── NotFound              404
│   └── TemplateNotFound  404    with the closest names that exist
├── TooLarge              413    a body of more bytes than are read
├── UnsupportedType       415    a body that is not of the type that is read here
├── InvalidData           422    every bad field at once
├── RenderFailed          500    the browser could not make the picture
│   └── TemplateFailed    500    the template could not be filled; says file and line
├── Overloaded            503    retry_after
│   ├── QueueFull         503
│   ├── BrowserDown       503
│   └── ShuttingDown      503
├── RenderTimeout         504    the deadline passed
└── StartupError           -     never reaches a client; exit code 2
    ├── ConfigError              a setting that cannot be used
    └── ManifestError            a template.toml that cannot be used, all problems at once

The status and the public text are fixed where a class is born, so that few places have to
translate errors: `service.web` for HTTP, `service.cli` for the terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that was refused: its name, the note's code, and what is allowed instead."""

    field: str
    code: str
    message: str


class ServiceError(Exception):
    """Anything that went wrong in a way that somebody outside may be told about.

    `message` says what failed, `hint` how to get out of it; neither ever holds a recipient's
    value. `fields` names every field at fault.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self, message: str, *, hint: str = "", fields: Sequence[FieldProblem] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fields = tuple(fields)


class BadRequest(ServiceError):
    """The request itself could not be read."""

    code = "bad_request"
    status = 400
    title = "The request could not be read"


class Unauthenticated(ServiceError):
    """This address needs an API key and none was given."""

    code = "key_required"
    status = 401
    title = "An API key is needed"


class Forbidden(ServiceError):
    """The caller may not do this."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class BadSignature(Forbidden):
    """The address is not signed, or not by us. Which of the two is for our log alone."""

    code = "bad_signature"
    title = "The address is not signed"


class NotFound(ServiceError):
    """There is nothing at this address."""

    code = "not_found"
    status = 404
    title = "Not found"


class TemplateNotFound(NotFound):
    """No template has this name; the hint lists the closest ones."""

    code = "template_not_found"
    title = "No such template"


class TooLarge(ServiceError):
    """The body has more bytes than we read."""

    code = "body_too_large"
    status = 413
    title = "The body is too large"


class UnsupportedType(ServiceError):
    """The body is not of the type that this address reads."""

    code = "unsupported_type"
    status = 415
    title = "This type of body is not read here"


class InvalidData(ServiceError):
    """The fields that could not be used, of a strict request or of a body, all of them at once."""

    code = "invalid_data"
    status = 422
    title = "Some fields cannot be used"


class RenderFailed(ServiceError):
    """The browser could not make this picture."""

    code = "render_failed"
    status = 500
    title = "The picture could not be drawn"


class TemplateFailed(RenderFailed):
    """The template could not be filled. `file` and `line` are for designers: development only."""

    code = "template_failed"
    title = "The template could not be filled"

    def __init__(self, message: str, *, file: str = "", line: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.file = file
        self.line = line


class Overloaded(ServiceError):
    """There is no room for this request now. `retry_after` is in seconds."""

    code = "overloaded"
    status = 503
    title = "Too busy"

    def __init__(self, message: str, *, hint: str = "", retry_after: int = 2) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class QueueFull(Overloaded):
    """As many requests wait for the browser as may wait."""

    code = "queue_full"


class BrowserDown(Overloaded):
    """No browser is running at the moment; a new one is being started."""

    code = "browser_down"
    title = "The browser is being restarted"


class ShuttingDown(Overloaded):
    """The server is finishing what it has begun and takes nothing new."""

    code = "shutting_down"
    title = "The server is stopping"


class RenderTimeout(ServiceError):
    """The picture was not ready by the request's deadline."""

    code = "render_timeout"
    status = 504
    title = "The picture took too long"


class StartupError(ServiceError):
    """The program cannot start, or a command cannot run, as things are. Exit code 2."""

    code = "startup_failed"
    title = "Mergeshot cannot start"


class ConfigError(StartupError):
    """One setting or more cannot be used; the message has one line for each."""

    code = "config_invalid"
    title = "The settings cannot be used"


@dataclass(frozen=True, slots=True)
class ManifestProblem:
    """One mistake in a manifest: the file, the key (dotted), and what is allowed there."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.key}: {self.message}"
            if self.key
            else f"{self.file}: {self.message}"
        )


class ManifestError(StartupError):
    """A template.toml that cannot be used, with all of its problems, one line each."""

    code = "manifest_invalid"
    title = "The template's manifest cannot be used"

    def __init__(self, problems: Sequence[ManifestProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
