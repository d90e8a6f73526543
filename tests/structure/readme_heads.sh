#!/usr/bin/env bash
# readme_heads.sh PROGRAM: a line a head, with figures that heads which have learned nothing have:
# weights nearly alike, so (1 + 1/2 + ... + 1/6 - 1) / 5 = .29 on the token before.
set -euo pipefail

lines=$("$1")
before='previous token 0\.(2|3)[0-9]' first='first token 0\.[34][0-9]'
line="^head [01]: $before, entropy [01]\.[0-9]+, $first, removal [-+]0\.[0-9]+$"
[ "$(grep -cE "$line" <<<"$lines")" = 2 ] || { echo "$lines" && exit 1; }
