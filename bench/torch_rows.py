"""What heed_bench_worker measures, done by PyTorch: the same numbers in, the same numbers out.

A row may have several forms (another memory layout, another optimizer loop); the fastest on this
machine is the one that counts. Training steps are also tried under torch.compile.
"""

from torch import nn
import torch
import torch.nn.functional as F

from form import Form


def as_tensors(stored):
    types = {"F32": torch.float32, "I32": torch.int32}
    return {name: torch.frombuffer(bytearray(data), dtype=types[dtype]).reshape(shape)
            for name, (dtype, shape, data) in stored.items()}


def reused_output(shape, call):
    """No graph, and call(y) writes into the same y every time."""
    y = torch.empty(shape)

    def run():
        with torch.no_grad():
            call(y)

    def outputs():
        run()
        return {"y": y}

    return [Form("reused output", run, outputs)]


def with_gradients(name, leaves, call, g=None, back=lambda x: x):
    """y = call() and the gradients of the leaves; back() brings results into heed's layout."""

    def run():
        for x in leaves.values():
            x.grad = None
        call().backward(g)

    def outputs():
        run()
        made = {"y": back(call().detach())}
        made.update({"grad." + key: back(x.grad) for key, x in leaves.items()})
        return made

    return Form(name, run, outputs)


def copying(order):
    def row(i):
        moved = i["x"].permute(order)
        return reused_output(moved.shape, lambda y: y.copy_(moved))
    return row


def elementwise_gradient(f):
    def row(i):
        x = i["x"].requires_grad_()
        return [with_gradients("autograd", {"x": x}, lambda: f(x), i["g"])]
    return row


def cross_entropy(i):
    x, labels = i["x"].requires_grad_(), i["labels"].long()
    return [with_gradients("autograd", {"x": x}, lambda: F.cross_entropy(x, labels))]


def layer_norm(i):
    leaves = {name: i[name].requires_grad_() for name in ("x", "weight", "bias")}
    x, weight, bias = leaves.values()
    return [with_gradients("autograd", leaves,
                           lambda: F.layer_norm(x, weight.shape, weight, bias), i["g"])]


def conv2d(groups):
    def row(i):
        forms = []
        for name, layout in (("NCHW", torch.contiguous_format), ("NHWC", torch.channels_last)):
            leaves = {key: i[key].clone() for key in ("x", "weight", "bias")}
            for key in ("x", "weight"):
                leaves[key] = leaves[key].contiguous(memory_format=layout)
            x, weight, bias = (t.requires_grad_() for t in leaves.values())
            forms.append(with_gradients(
                name, leaves,
                lambda x=x, weight=weight, bias=bias: F.conv2d(x, weight, bias, padding=1,
                                                               groups=groups),
                i["g"].contiguous(memory_format=layout)))
        return forms
    return row


def recurrence(make):
    def row(i):
        forms = []
        for name, batch_first in (("batch first", True), ("time first", False)):
            layer = make(128, 128, batch_first=batch_first)
            layer.load_state_dict({key: i[key] for key in layer.state_dict()})

            def turn(t, batch_first=batch_first):
                return t if batch_first or t.dim() < 3 else t.transpose(0, 1).contiguous()

            x = turn(i["x"]).clone().requires_grad_()
            forms.append(with_gradients(name, {**dict(layer.named_parameters()), "x": x},
                                        lambda layer=layer, x=x: layer(x)[0], turn(i["g"]),
                                        turn))
        return forms
    return row


def attention(causal):
    def attend(q, k, v):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)

    def row(i):
        def turn(t):  # (B, N, H, D) <-> (B, H, N, D)
            return t.transpose(1, 2)

        split = {key: turn(i[key]).contiguous().requires_grad_() for key in "qkv"}
        packed = {key: i[key].clone().requires_grad_() for key in "qkv"}
        return [with_gradients("(B, H, N, D)", split, lambda: attend(*split.values()),
                               turn(i["g"]).contiguous(), turn),
                with_gradients("(B, N, H, D)", packed,
                               lambda: turn(attend(*map(turn, packed.values()))), i["g"])]
    return row


class Block(nn.Module):
    """Pre-norm, with the names of nn.TransformerEncoderLayer."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.self_attn = nn.Module()
        self.self_attn.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.self_attn.in_proj_bias = nn.Parameter(torch.empty(3 * width))
        self.self_attn.out_proj = nn.Linear(width, width)
        self.linear1 = nn.Linear(width, 4 * width)
        self.linear2 = nn.Linear(4 * width, width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)

    def forward(self, x):
        return self.rest(x, F.scaled_dot_product_attention(*self.projected(x), is_causal=True))

    def projected(self, x):
        """Query, key and value, (B, H, N, D)."""
        a = self.self_attn
        parts = F.linear(self.norm1(x), a.in_proj_weight, a.in_proj_bias).chunk(3, -1)
        return [t.unflatten(-1, (self.heads, -1)).transpose(1, 2) for t in parts]

    def rest(self, x, mixed):
        x = x + self.self_attn.out_proj(mixed.transpose(1, 2).flatten(2))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary, context, width, layers, heads):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(context, width)
        self.layers = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe.weight[:ids.shape[1]]
        for layer in self.layers:
            x = layer(x)
        return self.lm_head(self.norm(x))


def gpt_form(i, name):
    """`name` is the optimizer's loop, fused or foreach, and maybe ", compiled" behind it."""
    loop, _, compiled = name.partition(", ")
    data = {key: i[key] for key in ("ids", "targets", "heads")}
    weights = {key: value for key, value in i.items() if key not in data}
    layers = sum(key.endswith("linear1.weight") for key in weights)
    model = Gpt(*weights["wte.weight"].shape[:1], *weights["wpe.weight"].shape, layers,
                int(data["heads"]))
    model.load_state_dict(weights)  # strict: the same names, so the same number of parameters
    call = torch.compile(model) if compiled else model
    ids, targets = data["ids"].long(), data["targets"].long().flatten()
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in parameters if p.dim() >= 2], "weight_decay": 0.1},
         {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0}],
        lr=1e-3, betas=(0.9, 0.99), **{loop: True})

    def step():
        loss = F.cross_entropy(call(ids).flatten(0, 1), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0, foreach=True)
        optimizer.step()
        return loss.item()

    def outputs():
        losses = [step()]
        made = {"grad." + name: p.grad.clone() for name, p in model.named_parameters()}
        losses += [step() for _ in range(3)]
        return {**made, "losses": torch.tensor(losses)}

    form = Form(name, step, outputs)
    form.parameters = sum(p.numel() for p in parameters)
    return form


def gpt(i):
    return [gpt_form(i, name) for name in ("fused", "foreach", "fused, compiled")]


class Cache:
    """Keys and values of the tokens that went by: joined anew, or in a place made large enough."""

    def __init__(self, k, v, in_place):
        self.seen, self.in_place = k.shape[2], in_place
        if in_place:
            shape = (*k.shape[:2], self.seen + 1, k.shape[3])
            self.k, self.v = torch.empty(shape), torch.empty(shape)
            self.k[:, :, :-1], self.v[:, :, :-1] = k, v
        else:
            self.k, self.v = k.contiguous(), v.contiguous()

    def followed_by(self, k, v):
        if not self.in_place:
            return torch.cat((self.k, k), 2), torch.cat((self.v, v), 2)
        self.k[:, :, -1:], self.v[:, :, -1:] = k, v
        return self.k, self.v


def one_token(model, x, caches):
    """The logits of one token behind the cached ones; x is what was embedded."""
    for layer, cache in zip(model.layers, caches):
        q, k, v = layer.projected(x)
        mixed = F.scaled_dot_product_attention(q, *cache.followed_by(k, v))
        x = layer.rest(x, mixed)
    return model.lm_head(model.norm(x))


def generation(prompt):
    def row(i):
        weights = {key: value for key, value in i.items() if key not in ("ids", "next", "heads")}
        layers = sum(key.endswith("linear1.weight") for key in weights)
        model = Gpt(*weights["wte.weight"].shape[:1], *weights["wpe.weight"].shape, layers,
                    int(i["heads"]))
        model.load_state_dict(weights)
        model.eval()
        ids, following = i["ids"].long(), i["next"].long()

        def form(name, call):
            def run():
                with torch.inference_mode():
                    return call()
            return Form(name, run, lambda: {"logits": run()})

        def decoding(in_place):
            caches = []
            with torch.inference_mode():
                x = model.wte(ids) + model.wpe.weight[:ids.shape[1]]
                for layer in model.layers:
                    _, k, v = layer.projected(x)
                    caches.append(Cache(k, v, in_place))
                    x = layer(x)
            at = ids.shape[1]
            return lambda: one_token(
                model, model.wte(following) + model.wpe.weight[at:at + 1], caches)

        if prompt:
            return [form("inference", lambda: model(ids))]
        return [form("joined cache", decoding(False)), form("cache in place", decoding(True))]
    return row


def chain(i):
    x = i["x"].requires_grad_()

    def call():
        y = x
        for _ in range(300):
            y = torch.tanh(y)
        return y

    return [with_gradients("autograd", {"x": x}, call, i["g"])]


def matrix_product(i):
    return reused_output((i["a"].shape[0], i["b"].shape[1]),
                         lambda y: torch.mm(i["a"], i["b"], out=y))


def elementwise(call):
    def row(i):
        return reused_output(i["x"].shape, lambda y: call(i["x"], y))
    return row


def gelu_tanh(x):
    return F.gelu(x, approximate="tanh")


ROWS = {
    "sgemm_blas": matrix_product,
    "sgemm": matrix_product,
    "softmax": elementwise(lambda x, y: torch.softmax(x, -1, out=y)),
    "exp": elementwise(lambda x, y: torch.exp(x, out=y)),
    "cross_entropy_fb": cross_entropy,
    "gelu_tanh": elementwise(
        lambda x, y: torch.ops.aten.gelu.out(x, approximate="tanh", out=y)),
    "gelu_tanh_fb": elementwise_gradient(gelu_tanh),
    "gelu_fb": elementwise_gradient(F.gelu),
    "layer_norm_fb": layer_norm,
    "sum_axis0": lambda i: reused_output(i["x"].shape[1:], lambda y: torch.sum(i["x"], 0, out=y)),
    "sum_axis1": lambda i: reused_output(i["x"].shape[:1], lambda y: torch.sum(i["x"], 1, out=y)),
    "add": lambda i: reused_output(i["a"].shape, lambda y: torch.add(i["a"], i["b"], out=y)),
    "transpose": copying((1, 0)),
    "permute_0213": copying((0, 2, 1, 3)),
    "permute_0231": copying((0, 2, 3, 1)),
    "conv2d_fb": conv2d(1),
    "conv2d_depthwise_fb": conv2d(32),
    "lstm_fb": recurrence(nn.LSTM),
    "gru_fb": recurrence(nn.GRU),
    **{f"attention_n{n}_{name}": attention(causal) for n in (128, 512, 2048)
       for name, causal in (("full", False), ("causal", True))},
    **{f"gpt_t{t}_d{d}": gpt for t, d in ((32, 32), (64, 64), (64, 128), (128, 128), (256, 384))},
    "gpt2_token_n512": generation(False),
    "gpt2_token_n944": generation(False),
    "gpt2_prompt_n512": generation(True),
    "chain_300": chain,
}
