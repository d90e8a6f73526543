#!/usr/bin/env python3
"""heed's tokenizers beside those of the package `tokenizers`, on vocabularies that it trains.

    compare.py PROGRAM [TEXT...]        every line of the texts, and hard characters; exit 1 on a
                                        difference, 77 where there is no such package
    compare.py --freeze FOLDER TEXT     writes small vocabularies and what they give into FOLDER

The package looks characters up in tables of about Unicode 8, which lack marks and punctuation that
came later. So random characters are those of Unicode 3.2, whose category has not changed, and the
first emoji.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import unicodedata

try:
    import tokenizers
    from tokenizers import models, normalizers, pre_tokenizers, trainers
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
HARD = [
    "", " ", "  a  b ", "\t\n\r x\n\n\ny \n",
    "na\u00efve caf\u00e9 \u00c5ngstr\u00f6m \u0130stanbul",
    "e\u0301a\u0300\u0302 \u1e69 \u03a3\u0391\u03a3 \u0394\u03b9\u03ac",
    "\u4f60\u597d\uff0c\u4e16\u754c! \u6771\u4eac\u30bf\u30ef\u30fc \ud55c\uad6d\uc5b4",
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f1e9\U0001f1ea",
    "a\u0000b\u0007c\u007fd\u0085e\u00ade\ufffdf\u200bg\ufeffh",
    "it's we'll I'M they've 'tis ''s don't'", "3.14 1,000 \u00bd\u00b2\u0663 x2y 10th",
    "$5+7=12 ~`^|<> \u20ac\u00a3 \u00ab\u00bb \u2014 \u2026",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u0939\u093f\u0928\u094d\u0926\u0940",
    "\u0e44\u0e17\u0e22 \u05e2\u05d1\u05e8\u05d9\u05ea",
    "x" * 101 + " " + "y" * 100, "a" * 300, "[MASK] and [CLS][SEP] or [mask]",
    "<|endoftext|>a<|endoftext|> b", "\u3000\u2003\u00a0\u2028\u2029ideographic",
    "ABC\u01c5\u1e9e\u0149", "\u1100\u1161\u11a8 \uac01 \ufb01 \u2126 \u212b",
]


def known(character):
    emoji = 0x1F300 <= ord(character) < 0x1F650 and unicodedata.category(character) == "So"
    before = unicodedata.ucd_3_2_0.category(character)
    return emoji or (before == unicodedata.category(character) and before not in ("Cn", "Cs"))


def word_piece(lines, size):
    tokenizer = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        lines, trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIALS,
                                         show_progress=False))
    return tokenizer


def byte_pairs(lines, size):
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(
        lines, trainers.BpeTrainer(vocab_size=size, special_tokens=["<|endoftext|>"],
                                   initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                   show_progress=False))
    return tokenizer


def save(tokenizer, folder, name):
    """Under the names of the published files."""
    vocabulary = tokenizer.get_vocab()
    if isinstance(tokenizer.model, models.WordPiece):
        with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8", newline="\n") as file:
            file.writelines(token + "\n" for token in sorted(vocabulary, key=vocabulary.get))
        return [name, os.path.join(folder, "vocab.txt")]
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    with open(os.path.join(folder, "vocab.json"), "w", encoding="utf-8") as file:
        json.dump(vocabulary, file, ensure_ascii=False)
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8", newline="\n") as file:
        file.write("#version: 0.2\n")
        file.writelines(" ".join(pair) + "\n" for pair in merges)
    return [name, os.path.join(folder, "vocab.json"), os.path.join(folder, "merges.txt")]


def line_of(tokenizer, text):
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    return text.encode().hex() + ":" + " ".join(map(str, ids))


def hard_texts():
    draw = random.Random(1)
    pool = [chr(c) for c in range(0x3100) if known(chr(c))]
    pool += [chr(c) for c in list(range(0x4E00, 0x4F00)) + list(range(0xAC00, 0xAD00)) +
             list(range(0xF900, 0xFB50)) + list(range(0xFE00, 0xFFF0)) +
             list(range(0x1F300, 0x1F700)) if known(chr(c))]
    return HARD + ["".join(draw.choice(pool) for _ in range(draw.randrange(1, 40)))
                   for _ in range(2000)]


def differs(program, command, tokenizer, texts):
    expected = [line_of(tokenizer, text) for text in texts]
    given = "".join(text.encode().hex() + "\n" for text in texts)
    got = subprocess.run([program, *command], input=given, capture_output=True, text=True,
                         check=True).stdout.splitlines()
    wrong = [(a, b) for a, b in zip(expected, got, strict=True) if a != b]
    print(f"{command[0]}: {len(texts)} texts, {len(wrong)} differ")
    for a, b in wrong[:5]:
        print("  text    ", ascii(bytes.fromhex(a.split(":")[0]).decode()))
        print("  expected", a.split(":")[1][:150])
        print("  got     ", b.split(":")[1][:150])
    return len(wrong)


def main(arguments):
    freeze = arguments[0] == "--freeze"
    folder = arguments[1] if freeze else None
    lines = []
    for path in arguments[2 if freeze else 1:]:
        with open(path, encoding="utf-8") as file:
            lines += [line.rstrip("\n") for line in file]
    for make, name in ((word_piece, "word-piece"), (byte_pairs, "byte-pairs")):
        tokenizer = make(lines + HARD, 600 if freeze else 8000)
        if freeze:
            save(tokenizer, folder, name)
            with open(os.path.join(folder, name + ".txt"), "w", encoding="utf-8") as file:
                texts = HARD + random.Random(2).sample([t for t in lines if t], 60)
                file.writelines(line_of(tokenizer, text) + "\n" for text in texts)
            continue
        with tempfile.TemporaryDirectory() as scratch:
            command = save(tokenizer, scratch, name)
            if differs(arguments[0], command, tokenizer, lines + hard_texts()):
                sys.exit(1)


main(sys.argv[1:])
