"""Write the tables of the embedded sample into a folder: `python -m cxstats.datasets.synthetic.write data/sample`.

Prints each file's rows and sha256, as `cxstats.datasets.sample.SAMPLES` registers them.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

from cxstats.datasets.sample import SAMPLES
from cxstats.datasets.simulate import SEED, SIZE
from cxstats.datasets.synthetic import Truth, draw_world


def write_sample(folder: Path) -> dict[str, str]:
    """Write the tables and return their sha256 by name; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, frame in draw_world(Truth(), SIZE, SEED).items():
        content = frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
        file = SAMPLES[name].file
        packed = gzip.compress(content, mtime=0) if file.endswith(".gz") else content
        (folder / file).write_bytes(packed)
        found[name] = hashlib.sha256(packed).hexdigest()
    return found


if __name__ == "__main__":
    for name, sha256 in write_sample(Path(sys.argv[1])).items():
        print(f"{name}: {SAMPLES[name].file} {sha256}")
