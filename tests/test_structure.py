"""The order of the stages (docs/design.md, "The stages"): a module imports only from those above it."""

import ast
import re
from pathlib import Path

import pytest

import despin

ROOT = Path(despin.__file__).parent
# A package stands in the order as one; inside it, modules may import each other.
ORDER = (
    "signals", "patterns", "mapped", "arrays", "collector", "config", "language", "findings", "columns", "reports",
    "view", "unmask", "parts", "characters", "protected", "tokens", "ngrams", "phrases", "condition", "entries",
    "pairs", "dictionary", "dictionary_formats", "validate", "loading", "language_model", "proposals", "lookups",
    "sweeps", "prospects", "candidates", "neighbours", "hashed_odds", "scan", "compiled", "phrasebook", "lattice",
    "channel", "decode", "mentions", "spellings", "names", "titles", "damage", "topics", "features", "evidence",
    "surface", "knowledge", "verdict", "bounds", "first_look", "dismissal", "passages", "drafts", "restoration",
    "suppress", "asking", "queueing", "pipeline",
    "shingles", "decisions", "baseline", "readers", "report", "learn", "corpus", "configuration", "settings",
    "selection", "workers", "formats", "arguments", "options", "streams", "run", "run_baseline", "undo", "about",
    "modes", "cli",
)  # fmt: skip
MODULES = sorted(
    path.relative_to(ROOT) for path in ROOT.rglob("*.py") if path.name != "__init__.py" or path.parent != ROOT
)


def stage(module: Path) -> str:
    return module.parts[0].removesuffix(".py")


def imports(source: str, module: Path) -> set[str]:
    """The stages that `module` imports from, its own package aside."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found |= {name[1] if len(name) > 1 else "" for name in names if name[0] == "despin"}
        elif isinstance(node, ast.ImportFrom):
            package = ("despin", *module.parts[:-1])
            base = package[: len(package) - node.level + 1] if node.level else ()
            full = (*base, *(node.module.split(".") if node.module else ()))
            if full[:1] == ("despin",):
                found |= {full[1]} if len(full) > 1 else {alias.name for alias in node.names}
    return found - {stage(module), "__version__"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_imports_only_from_those_above_it(module):
    assert stage(module) in ORDER, f"{module} has no place in the order of the stages: give it one"
    above = ORDER[: ORDER.index(stage(module))]
    below = imports((ROOT / module).read_text(encoding="utf-8"), module) - set(above)
    assert not below, f"{module} imports {sorted(below)}, which must not stand above it"


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("tokens.py", "from .cli import main", {"cli"}),
        ("tokens.py", "from . import cli, __version__", {"cli"}),
        ("tokens.py", "def f():\n    import despin.cli", {"cli"}),
        ("tokens.py", "from despin.cli import main", {"cli"}),
        ("tokens.py", "import numpy", set()),
        ("report/text.py", "from ..cli import main", {"cli"}),
        ("report/text.py", "from .diff import unified", set()),
        ("report/text.py", "from .. import cli", {"cli"}),
    ],
)
def test_every_way_to_import_is_seen(module, source, found):
    assert imports(source, Path(module)) == found


def test_everything_public_is_there():
    assert {name: getattr(despin, name).__name__ for name in despin.__all__} == {name: name for name in despin.__all__}
    assert set(despin.__all__) <= set(dir(despin))
    with pytest.raises(AttributeError, match="no attribute 'spin'"):
        despin.spin  # noqa: B018


def test_the_map_of_the_modules_is_whole_and_in_order():
    """docs/design.md lists each module once, and none above what it imports from."""
    page = (Path(__file__).parents[1] / "docs" / "design.md").read_text(encoding="utf-8")
    listed = re.findall(r"^ {6}(\w+)(?:\.py|/) ", page.split("    src/despin/\n")[1].split("\n\n")[0], re.MULTILINE)
    assert sorted(listed) == sorted(["__init__", *ORDER])
    for module in MODULES:
        above = listed[: listed.index(stage(module))]
        below = imports((ROOT / module).read_text(encoding="utf-8"), module) - set(above)
        assert not below, f"docs/design.md lists {module} above {sorted(below)}"
