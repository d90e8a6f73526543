"""The patterns of bench/mechanisms.cpp in PyTorch: the same formulas, in the blocks in which the
packages that people use compute them, without a matrix of all pairs. Where one softmax serves,
`attend` says how: by_weights(), as those packages do, or fused(), as nobody does yet.
"""

import math

import torch
import torch.nn.functional as F

from torch_projections import by_weights, fused, output, projected

WINDOW = 64  # to each side, and the blocks that it is cut into
BLOCK = 64


def root(tokens):
    return 2 ** math.floor(math.log2(tokens) / 2 + 0.5)


def with_neighbours(x, length, behind=1):
    """(B, N, C) -> (B, A, 2 l or 3 l, C): each block behind the one before it, and before the next
    one."""
    blocks = x.unflatten(1, (-1, length))
    around = F.pad(blocks, (0, 0, 0, 0, 1, behind))
    count = blocks.shape[1]
    return torch.cat([around[:, i:i + count] for i in range(2 + behind)], 2)


def places(tokens, length, behind=1):
    """Of queries (A, l, 1) and of the keys around them (A, 1, 2 l or 3 l); below 0 and from N on
    there is none."""
    start = torch.arange(0, tokens, length)[:, None, None]
    return (start + torch.arange(length)[:, None],
            start + torch.arange(-length, (1 + behind) * length))


def near(tokens):
    i, j = places(tokens, WINDOW)
    return ((i - j).abs() <= WINDOW) & (j >= 0) & (j < tokens)


def in_window(attend, q, k, v, scale=None):
    return attend(q.unflatten(1, (-1, WINDOW)), with_neighbours(k, WINDOW),
                  with_neighbours(v, WINDOW), near(q.shape[1]), scale).flatten(1, 2)


def local(p, attend=by_weights):
    return output(p, in_window(attend, *projected(p)))


def local_monotonic(p, attend=by_weights):
    """Luong's local-m: the sequence itself is what is read."""
    return in_window(attend, p["x"], F.linear(p["x"], p["key.weight"]), p["x"], scale=1.0)


def global_tokens(p, attend=by_weights):
    """One global token at the start."""
    return one_global(p, attend, *projected(p))


def longformer(p, attend=by_weights):
    """It asks with projections of its own."""
    return one_global(p, attend, *projected(p, "global."))


def one_global(p, attend, own_q, own_k, own_v):
    q, k, v = projected(p)
    tokens = q.shape[1]
    i, _ = places(tokens, WINDOW)
    seen = torch.cat([i > WINDOW, near(tokens)], -1)  # the global one, where no window has it

    def behind_the_global(x):
        blocks = with_neighbours(x, WINDOW)
        return torch.cat([x[:, None, :1].expand(-1, blocks.shape[1], -1, -1), blocks], 2)

    y = attend(q.unflatten(1, (-1, WINDOW)), behind_the_global(k), behind_the_global(v), seen)
    y = y.flatten(1, 2)
    first = attend(own_q[:, :1], own_k, own_v)
    return output(p, torch.cat([first, y[:, 1:]], 1))


def big_bird(p, attend=by_weights):
    """One block drawn for each, which the worker says: (blocks, slots), -1 where there is none."""
    q, k, v = projected(p)
    seen = p["fixed.seen"].long()
    count = q.shape[1] // BLOCK
    if count <= 2:
        return output(p, attend(q, k, v))
    ids, open_slots = seen[1:-1].clamp(min=0), seen[1:-1] >= 0
    mask = open_slots.repeat_interleave(BLOCK, 1)[:, None]  # (A - 2, 1, S l)

    def gathered(x):
        return x.unflatten(1, (count, BLOCK))[:, ids].flatten(2, 3)  # (B, A - 2, S l, C)

    middle = attend(q.unflatten(1, (count, BLOCK))[:, 1:-1], gathered(k), gathered(v), mask)
    middle = middle.flatten(1, 2)
    ends = attend(torch.cat([q[:, :BLOCK], q[:, -BLOCK:]], 1), k, v)
    return output(p, torch.cat([ends[:, :BLOCK], middle, ends[:, BLOCK:]], 1))


def axial(p, attend=by_weights):
    columns = root(p["x"].shape[1])

    def along(x, prefix, turned):
        parts = [t.unflatten(1, (-1, columns)) for t in projected(p, prefix, x)]  # (B, R, W, C)
        if turned:
            parts = [t.transpose(1, 2) for t in parts]
        y = attend(*parts)
        return output(p, (y.transpose(1, 2) if turned else y).flatten(1, 2), prefix)

    rows = along(p["x"], "passes.0.", False)
    return rows + along(p["x"] + rows, "passes.1.", True)


def hybrid(p, attend=by_weights):
    """The first of two heads sees all, without a matrix of its weights."""
    q, k, v = projected(p)
    half = q.shape[-1] // 2
    first = fused(*(t[..., :half].unsqueeze(1) for t in (q, k, v))).squeeze(1)
    second = in_window(attend, *(t[..., half:] for t in (q, k, v)))
    return output(p, torch.cat([first, second], -1))


def over_both(first, second):
    """The weights of one softmax over the scores of two parts, (B, A, l, S) of each."""
    weights = torch.cat([first, second], -1).softmax(-1)
    return weights.split([first.shape[-1], second.shape[-1]], -1)


def strided(p):
    q, k, v = projected(p)
    length = root(q.shape[1])
    q = q / math.sqrt(q.shape[-1])
    i, j = places(q.shape[1], length, 0)
    window = (i >= j) & (i - j < length) & (j >= 0)
    blocks = [t.unflatten(1, (-1, length)) for t in (q, k, v)]  # (B, A, l, C)
    by_place = [t.transpose(1, 2) for t in blocks]              # (B, l, A, C)
    count = by_place[0].shape[2]
    before = torch.ones(count, count, dtype=torch.bool).tril(-1)
    near_by = blocks[0] @ with_neighbours(k, length, 0).transpose(-1, -2)
    on_stride = by_place[0] @ by_place[1].transpose(-1, -2)  # (B, l, A, A)
    own, other = over_both(near_by.masked_fill(~window, -math.inf),
                           on_stride.masked_fill(~before, -math.inf).transpose(1, 2))
    y = (own @ with_neighbours(v, length, 0)
         + (other.transpose(1, 2) @ by_place[2]).transpose(1, 2))
    return output(p, y.flatten(1, 2))


def fixed(p):
    q, k, v = projected(p)
    length = root(q.shape[1])
    q = q / math.sqrt(q.shape[-1])
    blocks = [t.unflatten(1, (-1, length)) for t in (q, k, v)]  # (B, A, l, C)
    count = blocks[0].shape[1]
    past = torch.ones(length, length, dtype=torch.bool).tril()
    before = torch.ones(count, count, dtype=torch.bool).tril(-1)
    last = [t[:, :, -1] for t in blocks]  # (B, A, C): the summaries
    in_block = blocks[0] @ blocks[1].transpose(-1, -2)
    of_summaries = blocks[0] @ last[1].transpose(-1, -2).unsqueeze(1)  # (B, A, l, A)
    own, other = over_both(in_block.masked_fill(~past, -math.inf),
                           of_summaries.masked_fill(~before[:, None], -math.inf))
    return output(p, (own @ blocks[2] + other @ last[2].unsqueeze(1)).flatten(1, 2))
