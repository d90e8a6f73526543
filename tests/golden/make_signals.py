"""Transposed convolutions, pooling, Fourier transforms and batch norm, computed with PyTorch.

    python3 make_signals.py            # writes torch_signals.safetensors

One file, several outputs: output.<case> from input.<case>.<argument>, in float64. The gradients are
of the sum over all outputs of output * cotangent. Complex numbers have a last axis of 2. running.*
holds what batch norm's buffers are after the batches of its case.
"""

import torch
from torch import nn
from torch.nn import functional as F

from make_gpt_losses import save

inputs, outputs, running = {}, {}, {}


def draw(case, **shapes):
    for name, shape in shapes.items():
        inputs[f"{case}.{name}"] = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    return [inputs[f"{case}.{name}"] for name in shapes]


def convolutions():
    x, w, b = draw("transpose1d", x=(2, 4, 5), weight=(4, 3, 3), bias=(6,))
    outputs["transpose1d"] = F.conv_transpose1d(
        x, w, b, stride=3, padding=2, output_padding=2, groups=2, dilation=2
    )
    x, w, b = draw("transpose2d", x=(2, 3, 3, 4), weight=(3, 2, 3, 2), bias=(2,))
    outputs["transpose2d"] = F.conv_transpose2d(
        x, w, b, stride=(2, 1), padding=(1, 0), output_padding=(1, 0), dilation=(1, 2)
    )


def pooling():
    (x,) = draw("max1d", x=(2, 3, 11))
    outputs["max1d"] = F.max_pool1d(x, 3, stride=2, padding=1, dilation=2)
    (x,) = draw("max2d", x=(2, 2, 6, 7))
    outputs["max2d"] = F.max_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 0))
    (x,) = draw("avg1d", x=(2, 3, 9))
    outputs["avg1d"] = F.avg_pool1d(x, 3, stride=2, padding=1)
    (x,) = draw("avg2d", x=(2, 2, 6, 7))
    outputs["avg2d"] = F.avg_pool2d(x, (3, 2), padding=(1, 1), count_include_pad=False)


def transforms():
    for n in (8, 9):
        (x,) = draw(f"rfft{n}", x=(3, n))
        outputs[f"rfft{n}"] = torch.view_as_real(torch.fft.rfft(x))
        (x,) = draw(f"irfft{n}", x=(3, n // 2 + 1, 2))
        outputs[f"irfft{n}"] = torch.fft.irfft(torch.view_as_complex(x), n)
        (x,) = draw(f"fft{n}", x=(3, n, 2))
        outputs[f"fft{n}"] = torch.view_as_real(torch.fft.fft(torch.view_as_complex(x)))
        (x,) = draw(f"ifft{n}", x=(3, n, 2))
        outputs[f"ifft{n}"] = torch.view_as_real(torch.fft.ifft(torch.view_as_complex(x)))
    (x,) = draw("fnet", x=(2, 6, 5))  # Lee-Thorp et al. 2021, arXiv 2105.03824
    outputs["fnet"] = torch.fft.fft(torch.fft.fft(x, dim=-1), dim=-2).real


def batch_norm(case, momentum):
    """Two batches in training mode, the second of which counts, then one in eval()."""
    first, second, third = draw(case, first=(4, 3), second=(2, 3, 5), third=(2, 3, 2, 4))
    weight, bias = draw(case, weight=(3,), bias=(3,))
    norm = nn.BatchNorm1d(3, eps=1e-3, momentum=momentum, dtype=torch.float64)
    del norm.weight, norm.bias
    norm.weight, norm.bias = weight, bias
    norm(first)
    outputs[f"{case}.train"] = norm(second)
    norm.eval()
    outputs[f"{case}.eval"] = norm(third.flatten(2)).reshape(third.shape)
    for name, buffer in norm.named_buffers():
        running[f"{case}.{name}"] = buffer.clone()


def main():
    torch.set_num_threads(1)
    torch.manual_seed(11)
    convolutions()
    pooling()
    transforms()
    batch_norm("norm", 0.3)
    batch_norm("norm_average", None)
    tensors = {f"input.{name}": value.detach() for name, value in inputs.items()}
    tensors |= {f"running.{name}": value for name, value in running.items()}
    loss = 0
    for name, value in outputs.items():
        cotangent = torch.randn_like(value)
        tensors[f"output.{name}"] = value.detach()
        tensors[f"cotangent.{name}"] = cotangent
        loss = loss + (value * cotangent).sum()
    loss.backward()
    for name, value in inputs.items():
        if value.grad is not None:
            tensors[f"grad.input.{name}"] = value.grad
    save("torch_signals.safetensors", tensors, {"package": f"torch=={torch.__version__}"})


if __name__ == "__main__":
    main()
