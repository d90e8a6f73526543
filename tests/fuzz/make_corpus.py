"""Writes the seeds that fuzzing starts from: small files of every format, whole and a little odd.

    python3 tests/fuzz/make_corpus.py
"""

import gzip
import json
import os
import struct

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def save(target, name, content):
    os.makedirs(os.path.join(root, target), exist_ok=True)
    with open(os.path.join(root, target, name), "wb") as file:
        file.write(content)


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def npy(header, data=b"", version=1):
    text = header.encode() + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def make_safetensors():
    floats = struct.pack("<6f", 1, -2, 0.5, float("inf"), float("nan"), 1e-40)
    several = {
        "__metadata__": {"format": "pt", "note": "\u00e9\n\""},
        "weight": entry("F32", [2, 3], 0, 24),
        "ids": entry("I64", [2], 24, 40),
        "mask": entry("BOOL", [3], 40, 43),
        "half": entry("F16", [2], 43, 47),
        "bfloat": entry("BF16", [1, 1], 47, 49),
        "bytes": entry("U8", [1], 49, 50),
    }
    rest = struct.pack("<qq", 7, -1) + b"\0\1\1" + b"\0\x3c\1\0" + b"\x80\x3f" + b"\xff"
    save("safetensors", "several", safetensors(several, floats + rest))
    save("safetensors", "empty", safetensors({}))
    save("safetensors", "scalar", safetensors({"s": entry("F64", [], 0, 8)}, bytes(8)))
    save("safetensors", "zero", safetensors({"z": entry("F32", [0, 5], 0, 0)}))
    save("safetensors", "padded", safetensors(b'{"__metadata__":{}}      '))
    ranks = {"r": entry("U8", [1, 1, 1, 1, 1, 1, 1, 2], 0, 2)}
    save("safetensors", "eight_axes", safetensors(ranks, b"ab"))
    save("safetensors", "gap", safetensors({"g": entry("U8", [1], 1, 2)}, b"ab"))


def make_npy():
    def header(descr, order, shape):
        return f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"

    save("npy", "f4", npy(header("<f4", False, "(2, 3)"), struct.pack("<6f", *range(6))))
    save("npy", "f8_fortran", npy(header("<f8", True, "(2, 2)"), struct.pack("<4d", *range(4))))
    save("npy", "i8", npy(header("<i8", False, "(2,)"), struct.pack("<2q", 1, -1)))
    save("npy", "i4_scalar", npy(header("<i4", False, "()"), struct.pack("<i", 7)))
    save("npy", "b1_version2", npy(header("|b1", False, "(3,)"), b"\0\1\1", version=2))
    save("npy", "f2", npy(header("<f2", False, "(1, 2)"), b"\0\x3c\1\0"))
    save("npy", "u1_zero", npy(header("|u1", False, "(0, 4)")))
    save("npy", "object", npy(header("|O", False, "(1,)"), b"\x80\4N."))


def make_gzip():
    for name, text in {"empty": b"", "words": b"to be or not to be", "run": b"a" * 20000}.items():
        save("gzip", name, gzip.compress(text, mtime=0))
    save("gzip", "two_members", gzip.compress(b"to be ", mtime=0) + gzip.compress(b"not", mtime=0))
    save("gzip", "stored", gzip.compress(bytes(range(256)), compresslevel=0, mtime=0))


def make_wav():
    def wav(kind, channels, bits, data, before=b""):
        frame = channels * bits // 8
        form = struct.pack("<HHIIHH", kind, channels, 8000, 8000 * frame, frame, bits)
        rest = b"WAVEfmt " + struct.pack("<I", 16) + form + before
        rest += b"data" + struct.pack("<I", len(data)) + data
        return b"RIFF" + struct.pack("<I", len(rest)) + rest

    save("wav", "small", wav(1, 1, 8, bytes([0, 128, 255])))
    save("wav", "stereo", wav(1, 2, 16, struct.pack("<4h", 1, -1, 32767, -32768)))
    save("wav", "floats", wav(3, 1, 32, struct.pack("<2f", 0.5, -1), b"LIST\3\0\0\0abc\0"))


def make_text():
    line = ",".join(str(i % 17) for i in range(64))
    save("text", "digits", f"{line},3\n{line},9\n".encode())
    save("text", "digits_cut", f"{line},3\n{line[:50]}".encode())
    save("text", "digits_odd", f"{line.replace('16', '1.6e1')},0\n".encode())
    save("text", "corpus", b"The quality of mercy is not strained. " * 4)


def make_checkpoint():
    metadata = {"xxh3": "0" * 32, "step": "12", "score": "0x1.8p+1", "low": "-inf"}
    header = {"__metadata__": metadata, "m.weight": entry("F32", [1, 2], 0, 8),
              "m.bias": entry("F32", [1], 8, 12)}
    save("checkpoint", "linear", safetensors(header, bytes(12)))
    save("checkpoint", "no_hash", safetensors({"m.bias": entry("I32", [1], 0, 4)}, bytes(4)))
    save("checkpoint", "nothing", b"")


def make_results():
    run = {"mechanism": "local", "label": "", "task": "recall", "seed": 1, "lr": 1e-3,
           "metric": "accuracy", "score": 0.9, "chance": 0.1, "floor": 0.2, "ceiling": None,
           "threshold": 0.8, "ablated": 0.1, "parameters": 100, "steps": 10,
           "macs_per_step": 1e6, "ms_per_step": 1.5, "steps_to_threshold": 5,
           "misses": ["too low"], "details": {"first": 1}, "loss": [[0, 2.5], [10, 0.5]]}
    page = {"heed": "0.1", "machine": {"cores": 2}, "protocol": {"seeds": [1]},
            "mechanisms": [{"name": "local", "title": "Local", "paper": "p", "file": "f"}],
            "tasks": [{"name": "recall", "title": "Recall", "what": "</script>"}],
            "runs": [run, dict(run, seed=2, score=None, error="stopped")],
            "maps": [{"mechanism": "local", "task": "recall", "title": "m", "kind": "weights",
                      "rows": ["a"], "cols": ["b", "c"], "values": [[0.5, None]]}]}
    save("results", "page", json.dumps(page).encode())
    save("results", "empty", b"{}")
    numbers = ("lr steps score chance floor ceiling threshold ablated trained_without parameters "
               "macs_per_step peak_bytes seconds ms_per_step busy steps_to_threshold test_samples "
               "overlap batch width layers heads").split()
    texts = "mechanism label task metric options expected standing verdict why error".split()
    worker = {**{name: 0.5 for name in numbers}, **{name: "t" for name in texts}, "seed": 1,
              "higher_is_better": True, "misses": ["low"], "details": {"a": 1.0},
              "loss": [[0, 1.5]], "maps": page["maps"]}
    save("results", "worker_line", json.dumps(worker).encode())


def make_einsum():
    for name, text in {"product": "12 21\nij,jk->ik", "trace": "22\nii", "diagonal": "22\nii->i",
                       "dots": "122 21\n...ij,jk", "scores": "1212 1212\nbhqd,bhkd->bhqk",
                       "outer": "2 2 2\ni,j,k->kji", "nothing": "\n", "bad": "2\ni->ij"}.items():
        save("einsum", name, text.encode())


def make_tokens():
    for name, text in {"lines": "[UNK]\n[CLS]\n[SEP]\nun\n##able\n\u00e9\n\u4e00\n",
                       "json": json.dumps({"a": 1, "\u0120b": 0, "<|endoftext|>": 2}),
                       "merges": "#version: 0.2\na b\nab c\n\u0120 t\n",
                       "text": "I'll go  to\n\n3 caf\u00e9s \U0001f600 ' a"}.items():
        save("tokens", name, text.encode())


for make in (make_einsum, make_safetensors, make_npy, make_gzip, make_wav, make_text, make_tokens,
             make_checkpoint, make_results):
    make()
