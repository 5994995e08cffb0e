"""Where the workflow files that come with this package are.

Knows the two places they can be in. Does not know what is in them.
"""

from __future__ import annotations

from pathlib import Path

from loopengine.errors import LoopEngineError


def shipped_workflows() -> Path:
    """The folder of the frameworks that come with this package, one folder each."""
    package = Path(__file__).resolve().parent
    # A wheel carries them inside the package; a checkout, and so an editable install, beside it.
    places = (package / "workflows", package.parent / "workflows")
    for place in places:
        if place.is_dir():
            return place
    looked_in = " and ".join(repr(str(place)) for place in places)
    raise LoopEngineError(
        f"no folder of workflow files: looked in {looked_in}",
        "install loopengine again, or name your own folder of workflow files",
    )


def default_framework() -> Path:
    """The framework that is used when nobody names one."""
    return shipped_workflows() / "south-tyneside"
