"""The order of the packages (docs/design.md, "The stages"): each imports only from those before it."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import despin

ROOT = Path(despin.__file__).parent
# A package or a module at the top, lowest first.
ORDER = (
    "util", "_version", "config", "text", "results", "language_model", "dictionary", "decoding", "detection",
    "restoration", "runtime", "pipeline", "phrasebook", "fingerprinting", "readers", "comparison", "library",
    "renderers", "learn", "corpus", "cli", "__main__",
)  # fmt: skip
# What their users import: all other packages are a docstring.
FACADES = {".", "readers", "corpus", "cli"}
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
PACKAGES = sorted({module.parent for module in MODULES})


def part_of(module: Path) -> str:
    """The package at the top, or the module at the top, that `module` is part of."""
    return module.parts[0].removesuffix(".py")


def dotted(module: Path) -> str:
    return ".".join(["despin", *module.with_suffix("").parts]).removesuffix(".__init__")


NAMES = {dotted(module) for module in MODULES}


def imports(source: str, module: Path) -> set[str]:
    """The modules of despin that `module` imports, with their whole names."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "despin"}
        elif isinstance(node, ast.ImportFrom):
            package = ("despin", *module.parts[:-1])
            base = ".".join([*(package[: len(package) - node.level + 1] if node.level else ()), node.module or ""])
            if base.split(".")[0] == "despin":
                within = {f"{base.rstrip('.')}.{alias.name}" for alias in node.names}
                found |= (within & NAMES) | ({base.rstrip(".")} if within - NAMES else set())
    return found - {dotted(module)}


def read(module: Path) -> str:
    return (ROOT / module).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [m for m in MODULES if m != Path("__init__.py")], ids=str)
def test_a_package_imports_only_from_those_before_it(module):
    own = part_of(module)
    assert own in ORDER, f"{module} has no place in the order of the packages: give it one"
    parts = {name.split(".")[1] if "." in name else "__init__" for name in imports(read(module), module)}
    below = parts - {own, *ORDER[: ORDER.index(own)]}
    assert not below, f"{module} imports from {sorted(below)}, which must not stand before {own}"


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_no_package_has_a_circle(package):
    """Of its modules, at any time: an import inside a function is one too."""
    inside = [module for module in MODULES if package in module.parents]
    names = {dotted(module) for module in inside}
    graph = {dotted(m): imports(read(m), m) & names for m in inside if m.name != "__init__.py"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" → ".join(circle.args[1]))


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_the_head_of_a_package_is_a_docstring(package):
    """And imports nothing, so that who needs one module loads one; but for what users import from."""
    tree = ast.parse(read(package / "__init__.py"))
    assert ast.get_docstring(tree), f"{package}/__init__.py says nothing of the package"
    if str(package) not in FACADES:
        assert len(tree.body) == 1


@pytest.mark.parametrize(
    ("module", "source", "found"),
    [
        ("text/tokens.py", "from ..cli import main", {"despin.cli"}),
        ("text/tokens.py", "from .. import cli, config", {"despin.cli", "despin.config"}),
        ("text/tokens.py", "from .view import View", {"despin.text.view"}),
        ("text/tokens.py", "def f():\n    import despin.cli", {"despin.cli"}),
        ("text/tokens.py", "from despin.cli.command import main", {"despin.cli.command"}),
        ("text/tokens.py", "import numpy", set()),
        ("pipeline.py", "from .cli import main", {"despin.cli"}),
        ("pipeline.py", "from .decoding import lattice", {"despin.decoding.lattice"}),
    ],
)
def test_every_way_to_import_is_seen(module, source, found):
    assert imports(source, Path(module)) == found


def test_everything_public_is_there():
    assert {name: getattr(despin, name).__name__ for name in despin.__all__} == {name: name for name in despin.__all__}
    assert set(despin.__all__) <= set(dir(despin))
    with pytest.raises(AttributeError, match="no attribute 'spin'"):
        despin.spin  # noqa: B018


def test_no_module_hides_a_public_name():
    """Importing `despin.x` sets the attribute `x` of the package: a function of that name would be gone."""
    assert not {module.removesuffix(".py") for module in ORDER} & set(despin.__all__)


@pytest.mark.parametrize("package", [package for package in PACKAGES if package != Path(".")], ids=str)
def test_the_head_of_a_package_names_each_module(package):
    head = ast.get_docstring(ast.parse(read(package / "__init__.py"))) or ""
    inside = {
        module.relative_to(package).parts[0].removesuffix(".py") for module in MODULES if package in module.parents
    }
    assert [name for name in sorted(inside - {"__init__"}) if not re.search(rf"\b{name}\b", head)] == []


def test_the_map_of_the_packages_is_whole():
    """docs/design.md names each package and each front door, and the order of import."""
    page = (Path(__file__).parents[1] / "docs" / "design.md").read_text(encoding="utf-8")
    tree = page.split("    src/despin/\n")[1].split("\n\n")[0]
    listed = re.findall(r"^ {6}(\w+)(?:\.py|/) ", tree, re.MULTILINE)
    assert sorted(listed) == sorted(set(ORDER) - {"_version", "__main__"})
    chain = page.split("in another order:\n\n")[1].split("\n\n")[0]
    assert re.findall(r"\w+", chain) == [name for name in ORDER if name != "__main__"]
