"""What heed_bench_worker measures, done by MLX on the processor: every row under mx.compile."""

import importlib.metadata

import mlx.core as mx
from mlx import nn
import numpy

from arrays import as_numpy
import functional_gpt
from form import Form

NAME, VERSION = "MLX", importlib.metadata.version("mlx")
mx.set_default_device(mx.cpu)


def as_arrays(stored):
    return {name: mx.array(x) for name, x in as_numpy(stored).items()}


def forward(f, *names):
    def row(i):
        compiled, inputs = mx.compile(f), [i[name] for name in names or ("x",)]
        return Form("compile", lambda: mx.eval(compiled(*inputs)),
                    lambda: {"y": compiled(*inputs)})
    return row


def with_gradients(f, *names, order=None):
    """y = f(leaves) and the gradients of the leaves. `order` brings axes into MLX's layout."""
    def turned(x, axes):
        return mx.contiguous(x.transpose(axes)) if order and x.ndim == len(order) else x

    def row(i):
        g, *leaves = (turned(x, order)
                      for x in (i.get("g", mx.array(1.0)), *(i[name] for name in names)))

        @mx.compile
        def both(g, *leaves):
            (y,), gradients = mx.vjp(lambda *x: f(i, *x), leaves, [g])
            return y, gradients

        def outputs():
            y, gradients = both(g, *leaves)
            made = {"y": y, **{"grad." + name: x for name, x in zip(names, gradients)}}
            return {name: turned(x, order and numpy.argsort(order).tolist())
                    for name, x in made.items()}

        return Form("compile", lambda: mx.eval(both(g, *leaves)), outputs)
    return row


def attention(q, k, v, causal):
    q, k, v = (x.transpose(0, 2, 1, 3) for x in (q, k, v))
    y = mx.fast.scaled_dot_product_attention(q, k, v, scale=q.shape[-1] ** -0.5,
                                             mask="causal" if causal else None)
    return y.transpose(0, 2, 1, 3)


def conv2d(groups):
    return with_gradients(
        lambda _, x, weight, bias: mx.conv2d(x, weight, padding=1, groups=groups) + bias,
        "x", "weight", "bias", order=(0, 2, 3, 1))


def cross_entropy(x, labels):
    return nn.losses.cross_entropy(x, labels, reduction="mean")


def layer_norm(x, weight, bias):
    return mx.fast.layer_norm(x, weight, bias, 1e-5)


def chain(_, x):
    for _ in range(300):
        x = mx.tanh(x)
    return x


class GptOps:
    layer_norm, cross_entropy, attention = map(staticmethod, (layer_norm, cross_entropy, attention))
    gelu, value_and_grad, minimum = map(staticmethod, (nn.gelu, mx.value_and_grad, mx.minimum))


def gpt(i):
    weights, ids, targets, heads = functional_gpt.split(i)
    step = mx.compile(lambda state, count: functional_gpt.step(GptOps, state, count, ids, targets,
                                                               heads))
    state, count = functional_gpt.start(weights), 0

    def run():
        nonlocal state, count
        count += 1
        loss, state = step(state, mx.array(float(count)))
        mx.eval(loss, state)
        return loss.item()

    def outputs():
        gradients = functional_gpt.clipped_gradients(GptOps, state["w"], ids, targets, heads)[1]
        made = {"grad." + name: g for name, g in gradients.items()}
        return {**made, "losses": numpy.array([run() for _ in range(4)])}

    return Form("compile", run, outputs)


ROWS = {
    "sgemm": forward(lambda a, b: a @ b, "a", "b"),
    "softmax": forward(lambda x: mx.softmax(x, -1)),
    "exp": forward(mx.exp),
    "cross_entropy_fb": with_gradients(lambda i, x: cross_entropy(x, i["labels"].astype(mx.int32)),
                                       "x"),
    "gelu_tanh": forward(nn.gelu_approx),
    "gelu_tanh_fb": with_gradients(lambda _, x: nn.gelu_approx(x), "x"),
    "gelu_fb": with_gradients(lambda _, x: nn.gelu(x), "x"),
    "layer_norm_fb": with_gradients(lambda _, *of: layer_norm(*of), "x", "weight", "bias"),
    "sum_axis0": forward(lambda x: x.sum(0)),
    "sum_axis1": forward(lambda x: x.sum(1)),
    "add": forward(mx.add, "a", "b"),
    "transpose": forward(lambda x: mx.contiguous(x.T)),
    "permute_0213": forward(lambda x: mx.contiguous(x.transpose(0, 2, 1, 3))),
    "permute_0231": forward(lambda x: mx.contiguous(x.transpose(0, 2, 3, 1))),
    "conv2d_fb": conv2d(1),
    "conv2d_depthwise_fb": conv2d(32),
    **{f"attention_n{n}_{name}": with_gradients(
        lambda _, *qkv, causal=causal: attention(*qkv, causal), *"qkv")
       for n in (128, 512, 2048) for name, causal in (("full", False), ("causal", True))},
    # The largest takes it a quarter of a minute a step.
    **{f"gpt_t{t}_d{d}": gpt for t, d in ((32, 32), (64, 64), (64, 128), (128, 128))},
    "chain_300": with_gradients(chain, "x"),
}
