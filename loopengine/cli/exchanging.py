"""The verbs `export` and `import`: in which module each thing is that can be exported or imported."""

from __future__ import annotations

from loopengine.cli.two_words import TwoWords

export_verb = TwoWords(
    "export",
    {
        "registers": "export_registers",
        "learning": "learning",
        "events": "events",
        "machine": "interchange",
        "tables": "interchange",
    },
    """Write what is on file, or what a workflow says, for other programs and other bodies.

    \b
    Example:
      loopengine export registers
    """,
)
import_verb = TwoWords(
    "import",
    {"actions": "import_actions", "learning": "learning"},
    """Take over what other programs and other bodies have written.

    \b
    Example:
      loopengine import actions tracker.xlsx --dry-run
    """,
)
