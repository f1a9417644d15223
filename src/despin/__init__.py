"""despin: find article spinning in English text, and put the original wording back.

>>> import despin
>>> despin.apply("an lovely day", [despin.Finding(3, 9, "lovely", "adorable")])
'an adorable day'
"""

from __future__ import annotations

from ._version import __version__ as __version__

TYPE_CHECKING = False  # to type checkers it is true; the module that has it takes longer to import than all this
if TYPE_CHECKING:
    from typing import Any

    from .comparison.compare import compare
    from .comparison.result import Comparison
    from .comparison.sources import Sources
    from .config import Config
    from .dictionary.phrase_lookup import Lookup
    from .fingerprinting import Fingerprint, fingerprint, fingerprints
    from .phrasebook import lookup
    from .pipeline import check, check_many, restore
    from .results.finding import Evidence, Finding, Reading, apply, invert
    from .results.report import Passage, Report, Verdict

__all__ = [
    "Comparison",
    "Config",
    "Evidence",
    "Finding",
    "Fingerprint",
    "Lookup",
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
    "restore",
]

_HOME = {
    "Comparison": "comparison.result",
    "Config": "config",
    "Evidence": "results.finding",
    "Reading": "results.finding",
    "Finding": "results.finding",
    "Fingerprint": "fingerprinting",
    "Lookup": "dictionary.phrase_lookup",
    "Passage": "results.report",
    "Report": "results.report",
    "Sources": "comparison.sources",
    "Verdict": "results.report",
    "apply": "results.finding",
    "invert": "results.finding",
    "check": "pipeline",
    "check_many": "pipeline",
    "compare": "comparison.compare",
    "fingerprint": "fingerprinting",
    "fingerprints": "fingerprinting",
    "lookup": "phrasebook",
    "restore": "pipeline",
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
