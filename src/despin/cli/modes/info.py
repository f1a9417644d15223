"""The modes that read no text: what the settings are, which files there are, what a dictionary holds.

One function a mode, as in the other modules; `table` has them all.
"""

from __future__ import annotations

import json as stdlib_json
import os
from functools import partial

from ..._version import __version__
from ...readers import InputError
from ...renderers import json
from ...renderers.escaping import printable
from ...util.files import explain
from ..errors import UsageError
from ..parser import parser
from ..run import Run
from ..settings.keys import KEYS
from .word_frequencies import zipf_of


def show_config(run: Run) -> bool:
    """Print the settings of a path as a configuration would have them, each with where it is from."""
    chosen = run.chosen(run.options.paths[0] if run.options.paths else os.curdir)
    for key in KEYS:
        if key not in chosen.values:  # an allow file that nobody names
            continue
        value, origin = chosen.values[key], chosen.origins[key]
        written = stdlib_json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
        if key == "dictionaries" and not value:
            origin += f": all ({', '.join(_shipped(chosen.values['language']))})"
        run.streams.product(f"{key} = {written}  # {printable(origin)}\n")
    return False


def _shipped(language: str) -> list[str]:
    """The names of the dictionaries of `language`. Raises `UsageError`."""
    from ...dictionary.errors import DictionaryError
    from ...dictionary.files import dictionary_paths

    try:
        return [path.stem for path in dictionary_paths(language)]
    except DictionaryError as problem:
        raise UsageError(str(problem)) from None


def show_files(run: Run) -> bool:
    """Print the files that would be read."""
    for path in run.paths():
        if isinstance(path, InputError):
            run.streams.complain(path.message, path.path)
        else:
            run.streams.product(f"{printable(run.name(path))}\n")
    return False


def print_completion(run: Run) -> bool:
    """Print the completion for a shell."""
    try:
        import shtab
    except ImportError:
        raise UsageError("--print-completion needs shtab; install it with: pip install 'despin[completion]'") from None
    shell = run.options.print_completion
    if shell not in shtab.SUPPORTED_SHELLS:
        raise UsageError(f"this shtab knows nothing of {shell}; get a newer one: pip install --upgrade shtab")
    run.streams.product(shtab.complete(parser(), shell) + "\n")
    return False


def validate(run: Run) -> bool:
    """Print what is wrong with a dictionary: a line for each problem, with its place and what to do."""
    from ...dictionary.errors import DictionaryError
    from ...dictionary.files import dictionary_paths

    options, streams = run.options, run.streams
    try:
        [path] = dictionary_paths(run.chosen(os.curdir).values["language"], (options.validate,))
        data = path.read_bytes()
    except DictionaryError as problem:
        raise UsageError(str(problem)) from None
    except OSError as problem:
        raise UsageError(f"{options.validate}: {explain(problem)}") from None
    from ...dictionary import validation as laws  # and with it numpy
    from ...dictionary.formats.reading import Severity

    reading, problems = laws.validate(data, options.validate)
    for found in problems:
        streams.product(f"{printable(found.tell(options.validate))}\n")
    summary = laws.summary(reading, problems, options.validate)
    if any(found.severity is Severity.ERROR for found in problems):
        streams.complain(summary)
    else:
        streams.talk(f"{printable(summary)}\n")
    return False


def look_up(run: Run) -> bool:
    """Print what a phrase may stand for, and what spinners make of it."""
    from ...renderers import lookup as listed

    options, streams = run.options, run.streams
    chosen = run.chosen(os.curdir)
    run.configs.of(chosen)
    from ...dictionary.errors import DictionaryError
    from ...phrasebook import lookup

    try:
        answers = lookup(options.lookup, run.configs.of(chosen))
    except (ValueError, DictionaryError) as problem:
        raise UsageError(f"--lookup {options.lookup}: {problem}") from None
    if options.format == "json":
        found = listed.as_json(options.lookup, answers.stands_for, answers.made_of)
        streams.product(json.whole([], [], __version__, run.provenance(), lookup=found))
    else:
        zipf = partial(zipf_of, run) if options.explain else None
        streams.product(listed.listing(options.lookup, answers.stands_for, answers.made_of, zipf))
    return False
