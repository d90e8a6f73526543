"""What the rows of bench/mechanisms.cpp share, in PyTorch: projections, and softmax attention."""

import torch
import torch.nn.functional as F


def projected(p, prefix="", x=None):
    """Queries, keys and values, (B, N, C)."""
    return F.linear(p["x"] if x is None else x, p[prefix + "in_proj_weight"],
                    p[prefix + "in_proj_bias"]).chunk(3, -1)


def output(p, y, prefix=""):
    return F.linear(y, p[prefix + "out_proj.weight"], p[prefix + "out_proj.bias"])


def by_weights(q, k, v, mask=None, scale=None):
    scores = (q * (scale or q.shape[-1] ** -0.5)) @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1) @ v


def fused(q, k, v, mask=None, scale=None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)


def full(p, causal=False):
    q, k, v = (t.unsqueeze(1) for t in projected(p))
    return output(p, F.scaled_dot_product_attention(q, k, v, is_causal=causal).squeeze(1))
