"""Losses, recurrent and transformer layers and positions, computed with PyTorch in float64.

    python3 make_layers.py        # writes the files that this script names, in this folder

What has no class in PyTorch is written out here from its paper, each formula in another shape than
in the library.
"""

import math

import torch
from make_gpt_losses import save
from torch import nn
from torch.nn import functional as F

SEED = 31


class Case:
    """One file: named inputs and parameters, outputs, and the gradients that random cotangents
    give."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.tensors, self.leaves, self.outputs = {}, {}, {}

    def normal(self, *shape):
        return torch.randn(shape, generator=self.generator, dtype=torch.float64)

    def leaf(self, name, value):
        self.leaves[name] = value.detach().clone().requires_grad_()
        return self.leaves[name]

    def input(self, name, *shape):
        return self.leaf(f"input.{name}", self.normal(*shape))

    def constant(self, name, value):
        self.tensors[f"input.{name}"] = value
        return value

    def module(self, module):
        with torch.no_grad():
            for name, parameter in module.double().named_parameters():
                parameter.copy_(self.normal(*parameter.shape) * 0.5)
                self.leaves[f"param.{name}"] = parameter
        return module

    def output(self, name, value):
        self.outputs[name] = value

    def save(self, name):
        total = 0
        for key, value in self.outputs.items():
            suffix = f".{key}" if key else ""
            cotangent = self.normal(*value.shape)
            self.tensors[f"output{suffix}"] = value.detach()
            self.tensors[f"cotangent{suffix}"] = cotangent
            total = total + (value * cotangent).sum()
        total.backward()
        for key, leaf in self.leaves.items():
            self.tensors[key] = leaf.detach()
            self.tensors[f"grad.{key}"] = leaf.grad
        save(f"{name}.safetensors", self.tensors, {"package": f"torch=={torch.__version__}"})


def pair(case, name, *shape):
    return case.input(f"{name}.x", *shape), case.input(f"{name}.y", *shape)


def regression(case):
    for reduction in ("mean", "sum", "none"):
        x, y = pair(case, f"mse_{reduction}", 4, 3)
        case.output(f"mse_{reduction}", F.mse_loss(x, y, reduction=reduction))
        x, y = pair(case, f"huber_{reduction}", 4, 3)
        case.output(f"huber_{reduction}", F.huber_loss(x, y, reduction=reduction, delta=0.7))
        x, y = pair(case, f"smooth_l1_{reduction}", 4, 3)
        case.output(f"smooth_l1_{reduction}", F.smooth_l1_loss(x, y, reduction=reduction, beta=0.6))
    x, y = pair(case, "l1", 4, 3)
    case.output("l1", F.smooth_l1_loss(x, y, beta=0.0))


def classification(case):
    for reduction in ("mean", "sum", "none"):
        x = case.input(f"bce_{reduction}.x", 4, 3)
        y = case.leaf(f"input.bce_{reduction}.y", torch.sigmoid(case.normal(4, 3)))
        weight = case.constant(f"bce_{reduction}.weight", case.normal(3).exp())
        loss = F.binary_cross_entropy_with_logits(x, y, pos_weight=weight, reduction=reduction)
        case.output(f"bce_{reduction}", loss)
        for p, margin in ((1, 1.0), (2, 0.5)):
            name = f"multi_margin_{reduction}_{p}"
            x = case.input(f"{name}.x", 5, 4)
            labels = case.constant("labels", torch.tensor([0, 3, 1, 1, 2]))
            case.output(name, F.multi_margin_loss(x, labels, p, margin, reduction=reduction))
    x = case.input("bce.x", 4, 3)
    y = case.leaf("input.bce.y", torch.sigmoid(case.normal(4, 3)))
    case.output("bce", F.binary_cross_entropy_with_logits(x, y))


def divergence(case):
    for reduction in ("mean", "sum", "none", "batchmean"):
        for log_target in (False, True):
            name = f"kl_{reduction}" + ("_log" if log_target else "")
            q = case.leaf(f"input.{name}.q", case.normal(4, 3).log_softmax(-1))
            t = case.normal(4, 3).log_softmax(-1)
            t = case.leaf(f"input.{name}.t", t if log_target else t.exp())
            loss = F.kl_div(q, t, reduction=reduction, log_target=log_target)
            case.output(name, loss)


def directions(case):
    a, b = pair(case, "cosine", 4, 3, 5)
    case.output("cosine", F.cosine_similarity(a, b, dim=1))
    signs = case.constant("signs", torch.tensor([1, -1, -1, 1, -1, -1]))
    for reduction in ("mean", "sum", "none"):
        a, b = pair(case, f"embedding_{reduction}", 6, 3)
        loss = F.cosine_embedding_loss(a, b, signs, margin=0.1, reduction=reduction)
        case.output(f"embedding_{reduction}", loss)
    queries, keys = case.input("nce.x", 4, 3), case.input("nce.y", 6, 3)
    logits = F.normalize(queries) @ F.normalize(keys).T / 0.07
    case.output("nce", F.cross_entropy(logits, torch.arange(4)))
    a, b = pair(case, "clip", 4, 3)
    logits = F.normalize(a) @ F.normalize(b).T / 0.2
    both = F.cross_entropy(logits, torch.arange(4)) + F.cross_entropy(logits.T, torch.arange(4))
    case.output("clip", both / 2)


def more_losses(case):
    labels = case.constant("labels", torch.tensor([[0, 3, -1], [1, 2, 3]]))
    weight = case.constant("weight", case.normal(4).exp())
    for reduction in ("mean", "sum", "none"):
        x, y = pair(case, f"l1_{reduction}", 4, 3)
        case.output(f"l1_{reduction}", F.l1_loss(x, y, reduction=reduction))
        x = case.leaf(f"input.bce_{reduction}.x", torch.sigmoid(case.normal(4, 3)))
        y = case.leaf(f"input.bce_{reduction}.y", torch.sigmoid(case.normal(4, 3)))
        each = case.constant(f"bce_{reduction}.weight", case.normal(3).exp().expand(4, 3))
        loss = F.binary_cross_entropy(x, y, weight=each, reduction=reduction)
        case.output(f"bce_{reduction}", loss)
        x = case.input(f"nll_{reduction}.x", 2, 3, 4)
        rows, columns = x.reshape(6, 4), labels.reshape(6)
        loss = F.nll_loss(rows, columns, weight, ignore_index=-1, reduction=reduction)
        case.output(f"nll_{reduction}", loss.reshape(2, 3) if reduction == "none" else loss)
        three = [case.input(f"triplet_{reduction}.{name}", 5, 3) for name in "apn"]
        case.output(f"triplet_{reduction}", F.triplet_margin_loss(*three, reduction=reduction))
    x = case.input("nll.x", 3, 4)
    case.output("nll", F.nll_loss(x, torch.tensor([3, 0, 2])))
    x = case.leaf("input.bce.x", torch.sigmoid(case.normal(4, 3)))
    y = case.leaf("input.bce.y", torch.sigmoid(case.normal(4, 3)))
    case.output("bce", F.binary_cross_entropy(x, y))
    for p in (1.0, 1.5, math.inf):
        three = [case.input(f"triplet_p{p}.{name}", 5, 3) for name in "apn"]
        loss = F.triplet_margin_loss(*three, margin=0.4, p=p, eps=1e-3, swap=True, reduction="sum")
        case.output(f"triplet_p{p}", loss)
    a, b = case.input("pairwise.a", 4, 2, 3), case.input("pairwise.b", 2, 3)
    case.output("pairwise", F.pairwise_distance(a, b, p=3.0, keepdim=True))


def group_norms(case):
    x = case.input("x", 2, 6, 3, 2)
    norm = nn.ModuleDict(
        {
            "groups": nn.GroupNorm(3, 6, eps=1e-3),
            "instances": nn.InstanceNorm2d(6, eps=1e-2, affine=True),
        }
    )
    norm = case.module(norm)
    for name in norm:
        case.output(name, norm[name](x))
    case.output("plain", nn.GroupNorm(2, 6, affine=False)(x))
    case.output("plain_instances", nn.InstanceNorm2d(6)(x))
    case.output("glu", nn.GLU(dim=1)(x))
    case.output("glu_last", nn.GLU()(x))


def rnn(case):
    layer = case.module(nn.RNN(3, 4, num_layers=2, bidirectional=True, batch_first=True))
    output, h_n = layer(case.input("x", 2, 5, 3), case.input("h0", 4, 2, 4))
    case.output("", output)
    case.output("h_n", h_n)


def rnn_relu(case):
    layer = case.module(nn.RNN(3, 4, nonlinearity="relu", batch_first=True))
    output, h_n = layer(case.input("x", 2, 5, 3))
    case.output("", output)
    case.output("h_n", h_n)


def norms(case):
    x = case.input("x", 3, 4, 6)
    without_bias = case.module(nn.LayerNorm(6, bias=False))
    case.output("without_bias", without_bias(x))
    case.output("plain", nn.LayerNorm(6, elementwise_affine=False)(x))
    case.output("rms", nn.RMSNorm(6, elementwise_affine=False)(x))


def gru(case):
    layer = case.module(nn.GRU(3, 4, num_layers=2, bidirectional=True, batch_first=True))
    output, h_n = layer(case.input("x", 2, 5, 3), case.input("h0", 4, 2, 4))
    case.output("", output)
    case.output("h_n", h_n)


def decoder(case):
    layer = nn.TransformerDecoderLayer(
        8, 2, 12, dropout=0, activation="gelu", layer_norm_eps=1e-3, batch_first=True,
        norm_first=True,
    )
    layer = case.module(layer)
    padding = torch.tensor([[0, 0, 0, 0, 0, 1], [0, 0, 1, 0, 1, 1]])
    case.constant("padding", padding)
    hidden = torch.ones(4, 4, dtype=torch.bool).triu(1)
    y = layer(
        case.input("tgt", 2, 4, 8),
        case.input("memory", 2, 6, 8),
        tgt_mask=hidden,
        memory_key_padding_mask=padding.bool(),
    )
    case.output("", y)


def rotated(x, start, base, view):
    """As complex numbers: pair i of position t times e^(i t base^(-2i/d))."""
    length, size = x.shape[-2:]
    place = torch.arange(start, start + length, dtype=torch.float64)
    speed = base ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    turn = torch.exp(1j * place[:, None] * speed)
    if view == "neighbours":
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], size // 2, 2).contiguous())
        return torch.view_as_real(pairs * turn).flatten(-2)
    pairs = torch.complex(*x.chunk(2, -1)) * turn
    return torch.cat([pairs.real, pairs.imag], -1)


def slopes(heads):
    """By the recursion of the authors of ALiBi."""
    if math.log2(heads).is_integer():
        first = 2 ** (-(2 ** -(math.log2(heads) - 3)))
        return [first ** (i + 1) for i in range(heads)]
    power = 2 ** math.floor(math.log2(heads))
    return slopes(power) + slopes(2 * power)[0::2][: heads - power]


def buckets(queries, keys, count, most, bidirectional):
    """As T5's authors compute them, on tensors and in float32."""
    distance = torch.arange(keys)[None, :] - (torch.arange(queries)[:, None] + keys - queries)
    bucket = torch.zeros_like(distance)
    if bidirectional:
        count //= 2
        bucket = bucket + (distance > 0) * count
        distance = distance.abs()
    else:
        distance = (-distance).clamp(min=0)
    exact = count // 2
    ratio = torch.log(distance.clamp(min=1).float() / exact) / math.log(most / exact)
    large = (exact + (ratio * (count - exact)).long()).clamp(max=count - 1)
    return bucket + torch.where(distance < exact, distance, large)


def positions(case):
    for view in ("halves", "neighbours"):
        x = case.input(f"{view}.x", 2, 3, 5, 8)
        case.output(view, rotated(x, 3, 10000.0, view))
        x = case.input(f"{view}_base.x", 4, 6)
        case.output(f"{view}_base", rotated(x, 0, 500.0, view))
    for heads in (1, 6, 8, 12):
        case.constant(f"slopes_{heads}", torch.tensor(slopes(heads), dtype=torch.float64))
    case.constant("buckets", buckets(1, 200, 32, 128, True))
    case.constant("buckets_causal", buckets(1, 200, 32, 128, False))
    case.constant("buckets_ahead", buckets(30, 35, 8, 16, True))
    # Shaw's vectors, one pair of positions at a time.
    q, weights = case.input("q", 2, 3, 4, 5), case.input("weights", 2, 3, 4, 6)
    table = case.leaf("param.weight", case.normal(5, 5))
    at = [[max(-2, min(2, j - (i + 2))) + 2 for j in range(6)] for i in range(4)]
    scores = [[(q[:, :, i] * table[at[i][j]]).sum(-1) for j in range(6)] for i in range(4)]
    case.output("scores", torch.stack([torch.stack(row, -1) for row in scores], -2))
    sums = [sum(weights[:, :, i, j, None] * table[at[i][j]] for j in range(6)) for i in range(4)]
    case.output("combined", torch.stack(sums, -2))


def main():
    torch.set_num_threads(1)
    for name, parts in {
        "torch_losses": (regression, classification, divergence, directions),
        "torch_more_losses": (more_losses,),
        "torch_norms_without": (norms,),
        "torch_group_norms": (group_norms,),
        "torch_rnn": (rnn,),
        "torch_rnn_relu": (rnn_relu,),
        "torch_gru_bidirectional": (gru,),
        "torch_decoder_prenorm": (decoder,),
        "torch_positions": (positions,),
    }.items():
        case = Case(SEED)
        for part in parts:
            part(case)
        case.save(name)


if __name__ == "__main__":
    main()
