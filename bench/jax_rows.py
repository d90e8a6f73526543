"""What heed_bench_worker measures, done by JAX: every row one function under jit."""

import jax
import jax.numpy as jnp
from jax import lax
import numpy

from arrays import as_numpy
import functional_gpt
from form import Form

NAME, VERSION = "JAX", jax.__version__


def as_arrays(stored):
    return {name: jnp.asarray(x) for name, x in as_numpy(stored).items()}


def forward(f, *names):
    def row(i):
        compiled, inputs = jax.jit(f), [i[name] for name in names or ("x",)]
        return Form("jit", lambda: jax.block_until_ready(compiled(*inputs)),
                    lambda: {"y": compiled(*inputs)})
    return row


def with_gradients(f, *names):
    """y = f(leaves) and the gradients of the leaves."""
    def row(i):
        @jax.jit
        def both(leaves, g):
            y, back = jax.vjp(lambda *x: f(i, *x), *leaves)
            return y, back(g)

        leaves, g = tuple(i[name] for name in names), i.get("g", jnp.ones(()))

        def outputs():
            y, gradients = both(leaves, g)
            return {"y": y, **{"grad." + name: x for name, x in zip(names, gradients)}}

        return Form("jit", lambda: jax.block_until_ready(both(leaves, g)), outputs)
    return row


def layer_norm(x, weight, bias):
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    return centred * lax.rsqrt(variance + 1e-5) * weight + bias


def cross_entropy(x, labels):
    chosen = jnp.take_along_axis(x, labels[:, None], -1)[:, 0]
    return (jax.nn.logsumexp(x, -1) - chosen).mean()


def attention(q, k, v, causal):
    return jax.nn.dot_product_attention(q, k, v, is_causal=causal)


def conv2d(groups):
    def call(_, x, weight, bias):
        y = lax.conv_general_dilated(x, weight, (1, 1), ((1, 1), (1, 1)),
                                     feature_group_count=groups)
        return y + bias[:, None, None]
    return with_gradients(call, "x", "weight", "bias")


def chain(_, x):
    return lax.fori_loop(0, 300, lambda _, y: jnp.tanh(y), x)


class GptOps:
    layer_norm, cross_entropy, attention = map(staticmethod, (layer_norm, cross_entropy, attention))
    gelu = staticmethod(lambda x: jax.nn.gelu(x, approximate=False))
    value_and_grad, minimum = jax.value_and_grad, jnp.minimum


def gpt(i):
    weights, ids, targets, heads = functional_gpt.split(i)
    # The old state's memory is the new one's.
    step = jax.jit(lambda state, count: functional_gpt.step(GptOps, state, count, ids, targets,
                                                            heads), donate_argnums=0)
    gradients = jax.jit(lambda w: functional_gpt.clipped_gradients(GptOps, w, ids, targets, heads))
    state, count = functional_gpt.start(weights), 0

    def run():
        nonlocal state, count
        count += 1
        loss, state = step(state, count)
        return loss.item()

    def outputs():
        made = {"grad." + name: g for name, g in gradients(state["w"])[1].items()}
        return {**made, "losses": numpy.array([run() for _ in range(4)])}

    return Form("jit", run, outputs)


ROWS = {
    "sgemm": forward(lambda a, b: a @ b, "a", "b"),
    "softmax": forward(jax.nn.softmax),
    "exp": forward(jnp.exp),
    "cross_entropy_fb": with_gradients(lambda i, x: cross_entropy(x, i["labels"].astype(int)), "x"),
    "gelu_tanh": forward(jax.nn.gelu),
    "gelu_tanh_fb": with_gradients(lambda _, x: jax.nn.gelu(x), "x"),
    "gelu_fb": with_gradients(lambda _, x: GptOps.gelu(x), "x"),
    "layer_norm_fb": with_gradients(lambda _, *of: layer_norm(*of), "x", "weight", "bias"),
    "sum_axis0": forward(lambda x: x.sum(0)),
    "sum_axis1": forward(lambda x: x.sum(1)),
    "add": forward(jnp.add, "a", "b"),
    "transpose": forward(jnp.transpose),
    "permute_0213": forward(lambda x: x.transpose(0, 2, 1, 3)),
    "permute_0231": forward(lambda x: x.transpose(0, 2, 3, 1)),
    "conv2d_fb": conv2d(1),
    "conv2d_depthwise_fb": conv2d(32),
    **{f"attention_n{n}_{name}": with_gradients(
        lambda _, *qkv, causal=causal: attention(*qkv, causal), *"qkv")
       for n in (128, 512, 2048) for name, causal in (("full", False), ("causal", True))},
    **{f"gpt_t{t}_d{d}": gpt for t, d in ((32, 32), (64, 64), (64, 128), (128, 128), (256, 384))},
    "chain_300": with_gradients(chain, "x"),
}
