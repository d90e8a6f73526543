"""A GPT's training step as functions of arrays, for packages that are written so.

`ops` is what they name differently: gelu, layer_norm, attention, cross_entropy, value_and_grad.
Everything is in dictionaries under PyTorch's names. The step is that of torch_rows.py: AdamW,
clipped at 1, without decay of norms and biases.
"""

RATE, BETA1, BETA2, EPS, DECAY, MOST = 1e-3, 0.9, 0.99, 1e-8, 0.1, 1.0


def linear(w, name, x):
    return x @ w[name + "weight"].T + w[name + "bias"]


def attend(ops, w, name, x, heads):
    """Causal attention over x (B, T, D)."""
    batch, tokens, width = x.shape
    qkv = x @ w[name + "in_proj_weight"].T + w[name + "in_proj_bias"]
    q, k, v = (qkv[..., i * width:(i + 1) * width].reshape(batch, tokens, heads, -1)
               for i in range(3))
    return linear(w, name + "out_proj.", ops.attention(q, k, v, True).reshape(x.shape))


def loss(ops, w, ids, targets, heads):
    def norm(name, x):
        return ops.layer_norm(x, w[name + "weight"], w[name + "bias"])

    x = w["wte.weight"][ids] + w["wpe.weight"][:ids.shape[1]]
    for i in range(sum(name.endswith("linear1.weight") for name in w)):
        at = f"layers.{i}."
        x = x + attend(ops, w, at + "self_attn.", norm(at + "norm1.", x), heads)
        hidden = ops.gelu(linear(w, at + "linear1.", norm(at + "norm2.", x)))
        x = x + linear(w, at + "linear2.", hidden)
    logits = norm("norm.", x) @ w["lm_head.weight"].T
    return ops.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))


def clipped_gradients(ops, w, ids, targets, heads):
    """(loss, {name: gradient})."""
    value, gradients = ops.value_and_grad(lambda w: loss(ops, w, ids, targets, heads))(w)
    norm = sum((g * g).sum() for g in gradients.values()) ** 0.5
    factor = ops.minimum(1.0, MOST / (norm + 1e-6))
    return value, {name: g * factor for name, g in gradients.items()}


def start(w):
    """Nothing learned yet: weights, both moments, the number of steps."""
    return {"w": w, "m": {name: 0 * x for name, x in w.items()},
            "v": {name: 0 * x for name, x in w.items()}}


def step(ops, state, count, ids, targets, heads):
    """(loss, the next state); count is 1 for the first step."""
    value, gradients = clipped_gradients(ops, state["w"], ids, targets, heads)
    made = {"w": {}, "m": {}, "v": {}}
    for name, g in gradients.items():
        w = state["w"][name]
        m = BETA1 * state["m"][name] + (1 - BETA1) * g
        v = BETA2 * state["v"][name] + (1 - BETA2) * g * g
        decayed = w * (1 - RATE * DECAY) if w.ndim >= 2 else w
        shift = (m / (1 - BETA1 ** count)) / ((v / (1 - BETA2 ** count)) ** 0.5 + EPS)
        made["w"][name], made["m"][name], made["v"][name] = decayed - RATE * shift, m, v
    return value, made


def split(i):
    """The inputs of a row: (weights, ids, targets, heads)."""
    data = {"ids", "targets", "heads"}
    weights = {name: x for name, x in i.items() if name not in data}
    return weights, i["ids"], i["targets"], int(i["heads"])
