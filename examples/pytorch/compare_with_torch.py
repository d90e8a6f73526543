#!/usr/bin/env python3
"""Weights of PyTorch models run in heed, and heed's run in PyTorch, with the same logits.

    ./heed build heed_weights heed64_weights
    python3 examples/pytorch/compare_with_torch.py build/release/examples

A GPT-2-shaped and a BERT-shaped model of random weights, under the names that the transformers
package gives them, in float and in double. Each way: one side writes a safetensors file, the other
reads it, both compute the logits of the same tokens. Prints the largest difference and exits 1 when
it is above 1e-5 in float or 1e-12 in double; 77 where there is no PyTorch.
"""

import json
import math
import os
import struct
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

DTYPES = {"F64": torch.float64, "F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
LIMITS = {torch.float64: 1e-12, torch.float32: 1e-5}
PROGRAMS = {torch.float64: "heed64_weights", torch.float32: "heed_weights"}


class Conv1D(nn.Module):
    """y = x weight + bias, weight (in, out)."""

    def __init__(self, inner, outer):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inner, outer))
        self.bias = nn.Parameter(torch.empty(outer))

    def forward(self, x):
        return x @ self.weight + self.bias


def attend(q, k, v, heads, visible):
    """(B, T, C) each -> (B, T, C); visible broadcasts against (B, H, T, T)."""
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (q, k, v))
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    weights = scores.masked_fill(~visible, -torch.inf).softmax(-1)
    return (weights @ v).transpose(1, 2).flatten(2)


class Gpt2(nn.Module):
    name = "gpt2"

    def __init__(self, vocabulary=211, context=48, width=64, hidden=256, layers=3, heads=4):
        super().__init__()
        self.heads = heads

        def block():
            return nn.ModuleDict({
                "ln_1": nn.LayerNorm(width),
                "attn": nn.ModuleDict({
                    "c_attn": Conv1D(width, 3 * width), "c_proj": Conv1D(width, width)}),
                "ln_2": nn.LayerNorm(width),
                "mlp": nn.ModuleDict({
                    "c_fc": Conv1D(width, hidden), "c_proj": Conv1D(hidden, width)}),
            })

        self.transformer = nn.ModuleDict({
            "wte": nn.Embedding(vocabulary, width),
            "wpe": nn.Embedding(context, width),
            "h": nn.ModuleList(block() for _ in range(layers)),
            "ln_f": nn.LayerNorm(width),
        })

    def forward(self, ids):
        t = self.transformer
        length = ids.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool).tril()
        x = t["wte"](ids) + t["wpe"](torch.arange(length))
        for block in t["h"]:
            q, k, v = block["attn"]["c_attn"](block["ln_1"](x)).chunk(3, -1)
            x = x + block["attn"]["c_proj"](attend(q, k, v, self.heads, causal))
            inner = F.gelu(block["mlp"]["c_fc"](block["ln_2"](x)), approximate="tanh")
            x = x + block["mlp"]["c_proj"](inner)
        return t["ln_f"](x) @ t["wte"].weight.T

    @staticmethod
    def inputs():
        return {"ids": torch.randint(0, 211, (3, 33))}


class Bert(nn.Module):
    name = "bert"

    def __init__(self, vocabulary=199, context=40, types=2, width=48, hidden=96, layers=3, heads=4):
        super().__init__()
        self.heads = heads

        def norm():
            return nn.LayerNorm(width, eps=1e-12)

        def layer():
            return nn.ModuleDict({
                "attention": nn.ModuleDict({
                    "self": nn.ModuleDict({
                        part: nn.Linear(width, width) for part in ("query", "key", "value")}),
                    "output": nn.ModuleDict({
                        "dense": nn.Linear(width, width), "LayerNorm": norm()}),
                }),
                "intermediate": nn.ModuleDict({"dense": nn.Linear(width, hidden)}),
                "output": nn.ModuleDict({"dense": nn.Linear(hidden, width), "LayerNorm": norm()}),
            })

        self.bert = nn.ModuleDict({
            "embeddings": nn.ModuleDict({
                "word_embeddings": nn.Embedding(vocabulary, width, padding_idx=0),
                "position_embeddings": nn.Embedding(context, width),
                "token_type_embeddings": nn.Embedding(types, width),
                "LayerNorm": norm(),
            }),
            "encoder": nn.ModuleDict({"layer": nn.ModuleList(layer() for _ in range(layers))}),
        })
        predictions = nn.ModuleDict({"transform": nn.ModuleDict({
            "dense": nn.Linear(width, width), "LayerNorm": norm()})})
        predictions.bias = nn.Parameter(torch.empty(vocabulary))
        self.cls = nn.ModuleDict({"predictions": predictions})

    def forward(self, ids, types, mask):
        e = self.bert["embeddings"]
        x = e["word_embeddings"](ids) + e["position_embeddings"](torch.arange(ids.shape[1]))
        x = e["LayerNorm"](x + e["token_type_embeddings"](types))
        for layer in self.bert["encoder"]["layer"]:
            mix, out = layer["attention"]["self"], layer["attention"]["output"]
            mixed = attend(mix["query"](x), mix["key"](x), mix["value"](x), self.heads,
                           mask[:, None, None, :])
            x = out["LayerNorm"](x + out["dense"](mixed))
            inner = F.gelu(layer["intermediate"]["dense"](x))
            x = layer["output"]["LayerNorm"](x + layer["output"]["dense"](inner))
        head = self.cls["predictions"]
        h = head["transform"]["LayerNorm"](F.gelu(head["transform"]["dense"](x)))
        return h @ e["word_embeddings"].weight.T + head.bias

    @staticmethod
    def inputs():
        return {
            "ids": torch.randint(1, 199, (3, 31)),
            "types": torch.randint(0, 2, (3, 31)),
            "mask": torch.arange(31)[None, :] < torch.tensor([31, 20, 1])[:, None],
        }


def write_safetensors(path, tensors, dtype):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().to(DTYPES[dtype]).contiguous().view(torch.uint8).numpy().tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(bytearray(data[slice(*entry["data_offsets"])]),
                                   dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items()}


def random_weights(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(0, 0.1)
            if name.endswith(("LayerNorm.weight", "ln_1.weight", "ln_2.weight", "ln_f.weight")):
                parameter.add_(1)


def heed(program, model, folder, inputs, *more):
    """heed's logits for the weights in folder/in.safetensors."""
    command = [program, model.name, "--heads", str(model.heads), "--logits",
               f"{folder}/logits.npy", "--weights", f"{folder}/in.safetensors", *more]
    for name, value in inputs.items():
        np.save(f"{folder}/{name}.npy", value.numpy())
        command += ["--" + name, f"{folder}/{name}.npy"]
    subprocess.run(command, check=True)
    return torch.from_numpy(np.load(f"{folder}/logits.npy"))


def compare(make, dtype, stored, programs, folder):
    """Returns the differences (PyTorch's weights in heed, heed's weights in PyTorch)."""
    program = os.path.join(programs, PROGRAMS[dtype])
    torch.manual_seed(1)
    model = make().to(dtype)
    random_weights(model)
    model.to(DTYPES[stored]).to(dtype)  # what the file can hold
    inputs = make.inputs()
    with torch.no_grad():
        write_safetensors(f"{folder}/in.safetensors", dict(model.named_parameters()), stored)
        here = model(**inputs)
        there = (heed(program, model, folder, inputs) - here).abs().max().item()
        shifted = heed(program, model, folder, inputs,
                       "--shift", "7", "--save", f"{folder}/out.safetensors")
        model.load_state_dict(read_safetensors(f"{folder}/out.safetensors"), strict=True)
        assert (shifted - here).abs().max() > 0.01, "the weights were not changed"
        back = (shifted - model(**inputs)).abs().max().item()
    return there, back


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    failed = False
    for make in (Gpt2, Bert):
        for dtype, stored in ((torch.float64, "F64"), (torch.float32, "F32"),
                              (torch.float32, "F16"), (torch.float32, "BF16")):
            with tempfile.TemporaryDirectory() as folder:
                differences = compare(make, dtype, stored, sys.argv[1], folder)
            ok = all(d <= LIMITS[dtype] for d in differences)
            failed |= not ok
            print(f"{make.name:5} {str(dtype)[6:]:8} stored as {stored:4}   "
                  "PyTorch's weights in heed: %.1e   heed's in PyTorch: %.1e" % differences,
                  "" if ok else f"  ABOVE {LIMITS[dtype]:g}")
    sys.exit(failed)


main()
