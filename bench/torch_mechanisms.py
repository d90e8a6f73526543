"""The rows of bench/mechanisms.cpp that PyTorch computes, too.

Each in the form of the packages that people use; what makes a softmax of its own also with
PyTorch's fused attention in its place.
"""

from functools import partial

import torch_patterns as patterns
import torch_sums as sums
from torch_projections import full, fused
from torch_rows import with_gradients

WITH_SOFTMAX = {
    "local": patterns.local, "local-m": patterns.local_monotonic,
    "global-tokens": patterns.global_tokens, "longformer": patterns.longformer,
    "bigbird": patterns.big_bird, "axial": patterns.axial, "hybrid": patterns.hybrid,
    "linformer": sums.linformer,
}
OTHERS = {
    "full": full, "causal": partial(full, causal=True), "flash": full,
    "strided": patterns.strided, "fixed": patterns.fixed,
    "linear": sums.linear, "causal-linear": sums.causal_linear, "performer": sums.performer,
    "nystrom": sums.nystrom, "hyena": sums.hyena, "external": sums.external,
    "fnet": sums.fnet, "gfnet": sums.gfnet,
}
FORMULAS = {name: {"package": formula, "fused": partial(formula, attend=fused)}
            for name, formula in WITH_SOFTMAX.items()}
FORMULAS.update({name: {"package": formula} for name, formula in OTHERS.items()})
LENGTHS = [2 ** e for e in range(7, 15)]


def row(formulas):
    def forms(i):
        fixed = {name: t for name, t in i.items() if name.startswith("fixed.")}
        leaves = {name: t.requires_grad_() for name, t in i.items()
                  if name != "g" and name not in fixed}
        return [with_gradients(name, leaves, partial(formula, {**fixed, **leaves}), i["g"])
                for name, formula in formulas.items()]
    return forms


ROWS = {f"{name}_{tokens}_step": row(formulas) for name, formulas in FORMULAS.items()
        for tokens in LENGTHS}
