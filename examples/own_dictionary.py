"""A dictionary of one's own: written by hand, or learned from texts beside their spun copies."""

import subprocess
import sys
import tempfile
from pathlib import Path

import despin

with tempfile.TemporaryDirectory() as folder:
    learned = Path(folder, "mine.tsv")
    pairs = "tests/fixtures/new-spinner/pairs.jsonl"  # {"original": "…", "spun": "…"} a line
    learn = "import sys; from despin.learn.cli import main; sys.exit(main())"
    subprocess.run([sys.executable, "-c", learn, "dictionary", pairs, "-o", str(learned), "--quiet"], check=True)

    page = Path("tests/fixtures/new-spinner/page.txt").read_text(encoding="utf-8")
    config = despin.Config(dictionaries=(str(learned),))
    print(despin.restore(page, config))
