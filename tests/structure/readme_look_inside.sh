#!/usr/bin/env bash
# readme_look_inside.sh PROGRAM: gradients arrive through recorded weights and at shifted scores.
set -euo pipefail

[ "$("$1")" = '1 1' ] || { echo 'no gradient' && exit 1; }
