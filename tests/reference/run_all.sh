#!/bin/sh
# Rewrites tests/reference/*.json. Run from the repository root; add `data` to rewrite the synthetic csv files as well.
set -eu
if [ "${1:-}" = data ]; then Rscript tests/reference/make_data.R; fi
for script in tests/reference/[0-9][0-9]_*.R; do Rscript "$script"; done
