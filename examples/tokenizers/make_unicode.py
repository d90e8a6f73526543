#!/usr/bin/env python3
"""Writes unicode_kinds.cpp, unicode_lower.cpp and unicode_bare.cpp from Python's own tables.

    python3 examples/tokenizers/make_unicode.py examples/tokenizers
"""

import sys
import unicodedata

SURROGATES = range(0xD800, 0xE000)
HANGUL = range(0xAC00, 0xD7A4)  # decomposed by a formula
CODES = [c for c in range(0x110000) if c not in SURROGATES]
KINDS = {"L": "L", "N": "N", "P": "P", "Mn": "M", "Cc": "C", "Cf": "C", "Co": "C"}
HEAD = """#include "examples/tokenizers/unicode_tables.h"

// Unicode %s, by make_unicode.py.
namespace heed::inline HEED_REAL::tokenizers {
""" % unicodedata.unidata_version
TAIL = "}  // namespace heed::inline HEED_REAL::tokenizers\n"


def kind(code):
    category = unicodedata.category(chr(code))
    return KINDS.get(category, KINDS.get(category[0], "O"))


def kinds():
    runs = []
    for code in CODES:
        if not runs or runs[-1][1] != kind(code):
            runs.append((code, kind(code)))
    return ["{0x%X,%s}" % run for run in runs]


def lower_runs():
    runs = []  # first, last, step, what is added
    for code in CODES:
        low = chr(code).lower()
        if low == chr(code) or len(low) > 1:
            continue
        added = ord(low) - code
        if runs:
            first, last, step, before = runs[-1]
            near = code - last == step or (first == last and code - last <= 2)
            if before == added and near:
                runs[-1] = (first, code, code - last, added)
                continue
        runs.append((code, code, 1, added))
    return ["{0x%X,0x%X,%d,%d}" % run for run in runs]


def bare():
    one, more = [], []
    for code in CODES:
        apart = unicodedata.normalize("NFD", chr(code))
        if apart == chr(code) or code in HANGUL:
            continue
        left = [ord(c) for c in apart if unicodedata.category(c) != "Mn"]
        if len(left) == 1:
            one.append("{0x%X,0x%X}" % (code, left[0]))
        else:
            left += [0] * (3 - len(left))
            more.append("{0x%X,{%s}}" % (code, ",".join("0x%X" % c for c in left)))
    return one, more


def table(file, kind, name, note, entries):
    file.write("\n// %s\nconst %s %s[] = {\n" % (note, kind, name))
    line = ""
    for entry in entries:
        if len(line) + len(entry) + 1 > 98:
            file.write(line + "\n")
            line = ""
        line += entry + ","
    file.write("%s\n};\nconst std::size_t %s_count = %d;\n" % (line, name, len(entries)))


def main(folder):
    with open(folder + "/unicode_kinds.cpp", "w") as file:
        file.write(HEAD + "namespace {\n\nconstexpr Kind O = Kind::other, L = Kind::letter, "
                   "N = Kind::number,\n"
                   "               P = Kind::punctuation, M = Kind::mark, C = Kind::control;\n\n"
                   "}  // namespace\n")
        table(file, "KindRun", "kind_runs", "Each reaches to the next.", kinds())
        file.write("\n" + TAIL)
    one, more = bare()
    with open(folder + "/unicode_lower.cpp", "w") as file:
        file.write(HEAD)
        table(file, "LowerRun", "lower_runs", "first, last, step, what is added.", lower_runs())
        file.write("\n" + TAIL)
    with open(folder + "/unicode_bare.cpp", "w") as file:
        file.write(HEAD)
        table(file, "Bare", "bare_letters", "Without its marks.", one)
        table(file, "BareParts", "bare_parts", "The same, of none or several; 0: no more.", more)
        file.write("\n" + TAIL)


main(sys.argv[1])
