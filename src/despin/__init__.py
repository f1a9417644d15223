"""despin: find article spinning in English text, and put the original wording back.

>>> import despin
>>> despin.apply("an lovely day", [despin.Finding(3, 9, "lovely", "adorable")])
'an adorable day'

The names in `__all__` are public (docs/library.md), and so are `despin.readers` and `despin.corpus`; all else
is internal and may change with any release.
"""

from __future__ import annotations

from ._version import __version__ as __version__

TYPE_CHECKING = False  # to type checkers it is true; the module that has it takes longer to import than all this
if TYPE_CHECKING:
    from typing import Any

    from .cli.settings.project import project_config
    from .comparison.result import Comparison
    from .comparison.sources import Sources
    from .config import Config
    from .dictionary.entry import Entry
    from .dictionary.phrase_lookup import Lookup, Part
    from .fingerprinting import Fingerprint
    from .library import check, check_many, compare, fingerprint, fingerprints, lookup, restore, restore_many
    from .phrasebook import Answers
    from .results.finding import Evidence, Finding, Reading, apply, invert
    from .results.report import Passage, Report, Verdict
    from .util.errors import DespinError

__all__ = [
    "Answers",
    "Comparison",
    "Config",
    "DespinError",
    "Entry",
    "Evidence",
    "Finding",
    "Fingerprint",
    "Lookup",
    "Part",
    "Passage",
    "Reading",
    "Report",
    "Sources",
    "Verdict",
    "apply",
    "check",
    "check_many",
    "compare",
    "fingerprint",
    "fingerprints",
    "invert",
    "lookup",
    "project_config",
    "restore",
    "restore_many",
]

_HOME = {
    "Answers": "phrasebook",
    "Comparison": "comparison.result",
    "Config": "config",
    "DespinError": "util.errors",
    "Entry": "dictionary.entry",
    "Evidence": "results.finding",
    "Reading": "results.finding",
    "Finding": "results.finding",
    "Fingerprint": "fingerprinting",
    "Lookup": "dictionary.phrase_lookup",
    "Part": "dictionary.phrase_lookup",
    "Passage": "results.report",
    "Report": "results.report",
    "Sources": "comparison.sources",
    "Verdict": "results.report",
    "apply": "results.finding",
    "check": "library",
    "check_many": "library",
    "fingerprint": "library",
    "fingerprints": "library",
    "invert": "results.finding",
    "compare": "library",
    "lookup": "library",
    "project_config": "cli.settings.project",
    "restore": "library",
    "restore_many": "library",
}


# A name is fetched when it is first asked for (PEP 562), so that `despin --version` and a usage error never wait for
# numpy.
def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
