"""What `--help` shows below each command: lines to copy, which a test runs through the parser."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "serve": (
        ("mergeshot serve --dev", "on this machine, everything open, reloads as you save"),
        ("MERGESHOT_PORT=9000 mergeshot serve", "for others, behind a proxy with TLS"),
    ),
    "render": (
        ("mergeshot render event-ticket --set first_name=Ada -o ada.png", "one picture"),
        ("mergeshot render event-ticket --data ada.json --size story", "values from a file"),
        ("mergeshot render event-ticket --scale 2 --format jpeg -o - > ada.jpg", "into a pipe"),
    ),
    "templates list": (
        ("mergeshot templates list", "names, sizes, titles"),
        ("mergeshot templates list --json", "and fields and versions, for a script"),
    ),
    "templates new": (
        ("mergeshot templates new spring-sale", "a small one that explains itself"),
        ("mergeshot templates new acme/pass --from event-ticket", "a copy to change"),
    ),
    "templates vendor": (
        ("mergeshot templates vendor spring-sale", "its web fonts and pictures into assets/"),
    ),
    "url": (
        ("mergeshot url event-ticket --set first_name=Ada", "the address of one picture"),
        ("mergeshot url email-banner --platform klaviyo --open first_name", "a tag for a mail"),
        (
            "mergeshot url email-banner --platform hubspot --map first_name=nickname",
            "with the name of a field of your own",
        ),
        ("mergeshot url social-card --platform og --set title=Letters > og.html", "into a file"),
    ),
    "check": (
        ("mergeshot check", "every template"),
        ("mergeshot check event-ticket --json", "one, for an editor"),
    ),
    "sign": (
        ("mergeshot sign event-ticket --open first_name --expires 90d", "for a mailing"),
        ("mergeshot sign event-ticket --set first_name=Ada --kind signed", "readable"),
    ),
    "config": (
        ("mergeshot config", "what is in effect"),
        ("MERGESHOT_PORT=9000 mergeshot config --json", "for a script"),
    ),
    "forget": (
        ("mergeshot forget event-ticket --set first_name=Ada", "her pictures"),
        ("mergeshot forget event-ticket", "all of them"),
    ),
    "health": (
        ("mergeshot health", "every template that was asked for, the last day"),
        ("mergeshot health event-ticket --window hour", "while a mailing goes out"),
        ("mergeshot health --window week --json", "for a script"),
    ),
    "bench": (
        ("mergeshot bench", "half a minute, the reference card"),
        ("MERGESHOT_PAGES=4 mergeshot bench event-ticket", "one of yours, other settings"),
        ("mergeshot bench --format webp --scale 2 --json", "for a script"),
    ),
}
"""For each command what to type, and what it does."""


def examples_of(command: str) -> str:
    """The examples of a command, as `--help` prints them: without line breaks of its own."""
    lines = EXAMPLES[command]
    told = "\n".join(f"  # {meaning}\n  {line}" for line, meaning in lines)
    return f"\b\nExamples:\n{told}"
