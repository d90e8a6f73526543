"""Operations that stand in no layer of the other files, computed with PyTorch.

    python3 make_operations.py         # writes torch_operations.safetensors

One file, several outputs: output.<case> from input.<case>.<argument>, in float64; ids.<case>.* are
integers. The gradients are of the sum over all outputs of output * cotangent. Complex numbers have
a last axis of 2.
"""

import torch
from torch.nn import functional as F

from make_gpt_losses import save

inputs, outputs, ids = {}, {}, {}


def draw(case, **shapes):
    for name, shape in shapes.items():
        inputs[f"{case}.{name}"] = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    drawn = [inputs[f"{case}.{name}"] for name in shapes]
    return drawn if len(drawn) > 1 else drawn[0]


def draw_ids(case, most, *shape):
    ids[case] = torch.randint(most, shape)
    return ids[case]


def complex_of(x):
    return torch.view_as_complex(x)


def pools():
    x = draw("max_ceil", x=(2, 2, 6, 7))
    y, places = F.max_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, return_indices=True)
    outputs["max_ceil"], ids["max_ceil"] = y, places
    x = draw("max1d_ceil", x=(2, 3, 8))
    y, places = F.max_pool1d(x, 3, stride=2, ceil_mode=True, return_indices=True)
    outputs["max1d_ceil"], ids["max1d_ceil"] = y, places
    x = draw("avg_ceil", x=(2, 2, 6, 8))
    outputs["avg_ceil"] = F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True)
    x = draw("avg_ceil_inside", x=(2, 2, 6, 8))
    outputs["avg_ceil_inside"] = F.avg_pool2d(
        x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False
    )
    x = draw("adaptive_avg1d", x=(2, 2, 7))
    outputs["adaptive_avg1d"] = F.adaptive_avg_pool1d(x, 3)
    x = draw("adaptive_avg2d", x=(2, 2, 5, 7))
    outputs["adaptive_avg2d"] = F.adaptive_avg_pool2d(x, (3, 4))
    x = draw("adaptive_max1d", x=(2, 2, 7))
    outputs["adaptive_max1d"] = F.adaptive_max_pool1d(x, 5)
    x = draw("adaptive_max2d", x=(2, 2, 5, 7))
    outputs["adaptive_max2d"] = F.adaptive_max_pool2d(x, (2, 3))


def resize():
    kinds = [
        ("1d", "linear", (5,), (8,)),
        ("2d", "bilinear", (4, 5), (7, 3)),
        ("3d", "trilinear", (2, 3, 4), (3, 5, 2)),
    ]
    for name, linear, extents, size in kinds:
        x = draw(f"nearest{name}", x=(2, 2, *extents))
        outputs[f"nearest{name}"] = F.interpolate(x, size)
        for corners in (False, True):
            case = f"linear{name}_corners" if corners else f"linear{name}"
            x = draw(case, x=(2, 2, *extents))
            outputs[case] = F.interpolate(x, size, mode=linear, align_corners=corners)


def signals():
    kinds = [("", 8, 8, True), ("_short", 9, 5, True), ("_begin", 8, 6, False)]
    for name, n, window, center in kinds:
        weights = torch.hann_window(window, dtype=torch.float64)
        x = draw(f"stft{name}", x=(2, 21))
        outputs[f"stft{name}"] = torch.view_as_real(
            torch.stft(x, n, 3, window, weights, center=center, return_complex=True)
        )
    weights = torch.hamming_window(8, dtype=torch.float64)
    y = draw("istft", x=(2, 5, 8, 2))
    outputs["istft"] = torch.istft(complex_of(y), 8, 3, 8, weights, length=21)
    outputs["blackman"] = torch.blackman_window(9, periodic=False, dtype=torch.float64)
    x = draw("fft_axis", x=(2, 6, 3, 2))
    outputs["fft_axis"] = torch.view_as_real(torch.fft.fft(complex_of(x), dim=1))
    x = draw("rfft_axis", x=(7, 3))
    outputs["rfft_axis"] = torch.view_as_real(torch.fft.rfft(x, dim=0))
    x = draw("fft2", x=(2, 3, 4, 2))
    outputs["fft2"] = torch.view_as_real(torch.fft.fft2(complex_of(x)))
    x = draw("rfft2", x=(2, 3, 5))
    outputs["rfft2"] = torch.view_as_real(torch.fft.rfft2(x))
    x = draw("irfft2", x=(2, 3, 3, 2))
    outputs["irfft2"] = torch.fft.irfft2(complex_of(x), s=(3, 5))
    a, b = draw("complex", a=(4, 2), b=(3, 1, 2))
    outputs["complex"] = torch.view_as_real(complex_of(a) * torch.conj(complex_of(b)))


def equations():
    a, b = draw("solve", a=(3, 4, 4), b=(3, 4, 2))
    outputs["solve"] = torch.linalg.solve(a, b)
    a = draw("inverse", a=(2, 3, 3))
    outputs["inverse"] = torch.linalg.inv(a)
    kinds = [("lower", False, False), ("upper", True, False), ("unit", False, True)]
    for name, upper, unit in kinds:
        a, b = draw(f"triangular_{name}", a=(2, 3, 3), b=(2, 3, 2))
        outputs[f"triangular_{name}"] = torch.linalg.solve_triangular(
            a, b, upper=upper, unitriangular=unit
        )
    root = draw("cholesky", root=(2, 3, 3))
    outputs["cholesky"] = torch.linalg.cholesky(root @ root.mT + torch.eye(3))
    a = draw("slogdet", a=(4, 3, 3))
    sign, outputs["slogdet"] = torch.linalg.slogdet(a)
    ids["slogdet"] = sign.long()


def places():
    x = draw("gather", x=(4, 3))
    outputs["gather"] = torch.gather(x, 0, draw_ids("gather", 4, 5, 2))
    x, values = draw("scatter_add", x=(4, 3), values=(5, 2))
    outputs["scatter_add"] = x.scatter_add(0, draw_ids("scatter_add", 4, 5, 2), values)
    x, values = draw("scatter", x=(3, 4), values=(3, 2))
    ids["scatter"] = torch.tensor([[3, 0], [1, 2], [0, 1]])
    outputs["scatter"] = x.scatter(1, ids["scatter"], values)
    x = draw("gather_nd", x=(3, 4, 2))
    at = draw_ids("gather_nd", 3, 5, 2)
    outputs["gather_nd"] = x[at[:, 0], at[:, 1]]
    x = draw("masked_select", x=(3, 4))
    ids["masked_select"] = torch.randint(2, (3, 4))
    outputs["masked_select"] = torch.masked_select(x, ids["masked_select"].bool())
    x = draw("unfold", x=(2, 9, 3))
    outputs["unfold"] = x.unfold(1, 4, 2)
    x = draw("diagonal", x=(2, 3, 5))
    outputs["diagonal"] = torch.diagonal(x, 1, -2, -1)
    x = draw("segment_sum", x=(6, 2))
    segment = draw_ids("segment", 4, 6)
    outputs["segment_sum"] = torch.zeros(4, 2, dtype=torch.float64).index_add(0, segment, x)


def along_axes():
    x = draw("cumprod", x=(3, 4))
    outputs["cumprod"] = torch.cumprod(x, 1)
    x = draw("std", x=(3, 4, 2))
    outputs["std"] = torch.std(x, (0, 2))
    x = draw("median", x=(3, 6))
    outputs["median"] = torch.median(x, 1).values
    x = draw("softmax_axis", x=(2, 5, 3))
    outputs["softmax_axis"] = torch.softmax(x, 1)
    x = draw("log_softmax_axis", x=(2, 5, 3))
    outputs["log_softmax_axis"] = torch.log_softmax(x, 0)
    x = draw("glu", x=(3, 4, 2))
    outputs["glu"] = F.glu(x, 1)
    x, weight, bias = draw("layer_norm", x=(2, 3, 4), weight=(3, 4), bias=(3, 4))
    outputs["layer_norm"] = F.layer_norm(x, (3, 4), weight, bias)
    x = draw("cross_entropy", x=(2, 5, 3))
    outputs["cross_entropy"] = F.cross_entropy(x, draw_ids("cross_entropy", 5, 2, 3))
    x = draw("topk", x=(3, 6))
    outputs["topk"] = torch.topk(x, 2, largest=False).values


def convolutions():
    x, weight = draw("same1d", x=(2, 3, 7), weight=(2, 3, 4))
    outputs["same1d"] = F.conv1d(x, weight, padding="same", dilation=2)
    x, weight = draw("same2d", x=(1, 2, 5, 6), weight=(3, 2, 2, 3))
    outputs["same2d"] = F.conv2d(x, weight, padding="same")


def elementwise():
    # PyTorch's own F.celu and F.hardsigmoid round a constant of their gradients to float32.
    functions = {
        "asinh": torch.asinh, "tan": torch.tan, "atan": torch.atan, "sinh": torch.sinh,
        "selu": F.selu, "softsign": F.softsign,
        "hard_sigmoid": lambda x: torch.clamp(x / 6 + 0.5, 0, 1),
        "hardswish": F.hardswish, "mish": F.mish, "celu": lambda x: 0.7 * F.elu(x / 0.7),
        "elu": lambda x: F.elu(x, 0.7), "acosh": lambda x: torch.acosh(1.5 + x * x),
        "atanh": lambda x: torch.atanh(0.9 * torch.sin(x)),
    }  # fmt: skip
    for name, function in functions.items():
        outputs[name] = function(draw(name, x=(9,)))
    x, weight = draw("prelu", x=(2, 3, 4), weight=(3,))
    outputs["prelu"] = F.prelu(x, weight)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(12)
    for cases in (pools, resize, signals, equations, places, along_axes, convolutions, elementwise):
        cases()
    tensors = {f"input.{name}": value.detach() for name, value in inputs.items()}
    tensors |= {f"ids.{name}": value for name, value in ids.items()}
    loss = 0
    for name, value in outputs.items():
        tensors[f"output.{name}"] = value.detach()
        tensors[f"cotangent.{name}"] = torch.randn_like(value)
        loss = loss + (value * tensors[f"cotangent.{name}"]).sum()
    loss.backward()
    tensors |= {f"grad.input.{name}": value.grad for name, value in inputs.items()}
    save("torch_operations.safetensors", tensors, {"package": f"torch=={torch.__version__}"})


if __name__ == "__main__":
    main()
