"""What bench/mechanisms.cpp has of sums over all tokens and of transforms, in PyTorch: the same
formulas, in the order in which the packages that people use compute them.
"""

import math

import torch
import torch.nn.functional as F

from torch_projections import by_weights, output, projected

CHUNK = 64  # tokens, of the causal form
STEPS = 6  # to the inverse of Nystrom attention


def read_sums(q, k, v):
    """Features of queries and keys (B, N, F), values (B, N, D)."""
    found = q @ (k.transpose(-1, -2) @ v)
    return found / (q @ k.sum(1).unsqueeze(-1))


def linear(p):
    q, k, v = projected(p)
    return output(p, read_sums(F.elu(q) + 1, F.elu(k) + 1, v))


def causal_linear(p):
    """Each chunk reads the sums of those before it, and its own keys by a small matrix."""
    q, k, v = (t.unflatten(1, (-1, CHUNK)) for t in projected(p))  # (B, A, l, C)
    q, k = F.elu(q) + 1, F.elu(k) + 1
    sums, totals = k.transpose(-1, -2) @ v, k.sum(2)
    before = sums.cumsum(1) - sums, totals.cumsum(1) - totals
    within = (q @ k.transpose(-1, -2)).tril()
    found = within @ v + q @ before[0]
    total = within.sum(-1, keepdim=True) + q @ before[1].unsqueeze(-1)
    return output(p, (found / total).flatten(1, 2))


def performer(p):
    q, k, v = projected(p)
    rows = p["fixed.rows"]

    def exponents(x):
        x = x * x.shape[-1] ** -0.25
        return x @ rows.T - x.square().sum(-1, keepdim=True) / 2

    of_q, of_k = exponents(q), exponents(k)
    of_q = of_q - of_q.amax(-1, keepdim=True).detach()
    scale = rows.shape[0] ** -0.5
    return output(p, read_sums(of_q.exp() * scale, of_k.exp() * scale, v))


def linformer(p, attend=by_weights):
    q, k, v = projected(p)
    return output(p, attend(q, p["E"] @ k, p["F"] @ v))


def inverse(a):
    """Of weights (B, M, M), by steps of third order."""
    one = torch.eye(a.shape[-1])
    z = a.transpose(-1, -2) / a.sum(-2).amax(-1)[:, None, None]
    for _ in range(STEPS):
        az = a @ z
        z = z @ (13 * one - az @ (15 * one - az @ (7 * one - az))) / 4
    return z


def nystrom(p):
    """A landmark is the mean of a segment."""
    q, k, v = projected(p)
    q = q / math.sqrt(q.shape[-1])
    segments = 64
    q_means, k_means = (t.unflatten(1, (segments, -1)).mean(2) for t in (q, k))
    left = (q @ k_means.transpose(-1, -2)).softmax(-1)
    middle = (q_means @ k_means.transpose(-1, -2)).softmax(-1)
    right = (q_means @ k.transpose(-1, -2)).softmax(-1)
    window = p["window.weight"]
    around = F.conv2d(v.unsqueeze(1), window, padding=(window.shape[2] // 2, 0)).squeeze(1)
    return output(p, left @ (inverse(middle) @ (right @ v)) + around)


def filter_of(p, tokens, width):
    """(C, N), from a network of the distance."""
    at = torch.arange(tokens) / tokens
    waves = [2 * math.pi * k * at for k in range(1, (p["filter.in.weight"].shape[1] + 1) // 2)]
    places = torch.stack([at] + [f(wave) for wave in waves for f in (torch.cos, torch.sin)], -1)
    made = F.linear(places, p["filter.in.weight"], p["filter.in.bias"]).sin()
    made = F.linear(made, p["filter.hidden.weight"], p["filter.hidden.bias"]).sin()
    rates = torch.linspace(math.log(100) / 0.3, math.log(100) / 1.5, width)
    return F.linear(made, p["filter.out.weight"]).T * torch.exp(-rates[:, None] * at)


def hyena(p):
    """Of order 2."""
    x = p["x"]
    tokens, width = x.shape[1:]
    u = F.linear(x, p["in_proj.weight"], p["in_proj.bias"]).transpose(1, 2)  # (B, 3 C, N)
    window = p["window.weight"]
    u = F.conv1d(u, window, p["window.bias"], padding=window.shape[2] - 1,
                 groups=u.shape[1])[..., :tokens]
    second, first, values = u.chunk(3, 1)
    z = first * values
    spectrum = torch.fft.rfft(z, 2 * tokens) * torch.fft.rfft(filter_of(p, tokens, width),
                                                             2 * tokens)
    z = torch.fft.irfft(spectrum, 2 * tokens)[..., :tokens] + p["skips"].T * z
    return output(p, (second * z).transpose(1, 2))


def external(p):
    weights = (p["x"] @ p["keys"].T).softmax(1)
    weights = weights / weights.sum(-1, keepdim=True)
    return F.linear(weights @ p["values"], p["out_proj.weight"])


def fnet(p):
    return torch.fft.fft2(p["x"]).real


def gfnet(p):
    spectrum = torch.fft.rfft(p["x"], dim=1) * torch.view_as_complex(p["complex_weight"])
    return torch.fft.irfft(spectrum, n=p["x"].shape[1], dim=1)
