"""What the golden files torch_opt_* leave out of optimizers, schedules, clipping and averaging.

    python3 make_optim.py                 # writes optim.safetensors

PyTorch in float64 where PyTorch has it; Lion by algorithm 2 of arXiv 2302.06675 and the inverse
square root by equation 3 of arXiv 1706.03762, in numpy. Ten steps from input.w0 with the gradients
input.grads; `late` ones have none at steps 0, 1 and 5.
"""

import json
import struct

import numpy as np
import torch
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts, LinearLR, OneCycleLR, StepLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)  # NAdam's product of momenta too
STEPS, SIZE, LATE = 10, 6, (0, 1, 5)
random = np.random.default_rng(11)
w0 = random.normal(size=SIZE)
grads = random.normal(size=(STEPS, SIZE))
grads[3] *= 1e-3  # gradients of several sizes
grads[6, 2] = 0


def leaf(values):
    return torch.nn.Parameter(torch.tensor(values, dtype=torch.float64))


def trajectory(make, without=()):
    """The weights after each step."""
    w = leaf(w0)
    optimizer = make([w])
    rows = []
    for t in range(STEPS):
        w.grad = None if t in without else torch.tensor(grads[t])
        optimizer.step()
        rows.append(w.detach().numpy().copy())
    return np.stack(rows)


def lion(lr, beta1, beta2, decay):
    w, m, rows = w0.copy(), np.zeros(SIZE), []
    for g in grads:
        c = beta1 * m + (1 - beta1) * g
        w = w - lr * (np.sign(c) + decay * w)
        m = beta2 * m + (1 - beta2) * g
        rows.append(w)
    return np.stack(rows)


def two_groups():
    """One parameter with the optimizer's numbers, one with a third of the rate and no decay."""
    a, b = leaf(w0), leaf(w0)
    optimizer = torch.optim.AdamW(
        [{"params": [a]}, {"params": [b], "lr": 0.02, "weight_decay": 0}], lr=0.06, weight_decay=0.1
    )
    rows = []
    for g in grads:
        a.grad, b.grad = torch.tensor(g), torch.tensor(g)
        optimizer.step()
        rows.append(np.stack([a.detach().numpy(), b.detach().numpy()]))
    return np.stack(rows)  # (STEPS, 2, SIZE)


def rates(make, steps):
    optimizer = torch.optim.SGD([leaf(w0)], lr=0.1)
    schedule = make(optimizer)
    values = []
    for step in range(steps):
        if step > 0:
            optimizer.step()
            schedule.step()
        values.append(optimizer.param_groups[0]["lr"])
    return np.array(values)


def one_cycle(**options):
    def make(optimizer):
        return OneCycleLR(optimizer, 0.1, total_steps=20, cycle_momentum=False, **options)

    return rates(make, 20)


def inverse_sqrt(width, warmup, steps):
    s = np.arange(1, steps + 1)
    return width**-0.5 * np.minimum(s**-0.5, s * warmup**-1.5)


def averages(decay):
    """PyTorch's average of the weights that are input.grads, one row after the other."""
    model = torch.nn.Module()
    model.w = leaf(w0)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))
    rows = []
    for row in grads:
        with torch.no_grad():
            model.w.copy_(torch.tensor(row))
        average.update_parameters(model)
        rows.append(average.module.w.detach().numpy().copy())
    return np.stack(rows)


def corrected_averages(decay):
    """The mean of the rows so far with weights decay^(t - i)."""
    rows = []
    for t in range(1, STEPS + 1):
        weights = decay ** np.arange(t - 1, -1, -1.0)
        rows.append(weights @ grads[:t] / weights.sum())
    return np.stack(rows)


def clipped(bound):
    w = leaf(w0)
    w.grad = torch.tensor(grads[1])
    torch.nn.utils.clip_grad_value_([w], bound)
    return w.grad.numpy()


def save(path, tensors):
    header, data = {}, b""
    for name, value in tensors.items():
        raw = np.ascontiguousarray(value, dtype="<f8").tobytes()
        header[name] = {
            "dtype": "F64",
            "shape": list(np.shape(value)),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


optim = torch.optim
save(
    "optim.safetensors",
    {
        "input.w0": w0,
        "input.grads": grads,
        "output.lion": lion(1e-4, 0.9, 0.99, 0),
        "output.lion_decay": lion(0.02, 0.8, 0.95, 0.3),
        "output.nesterov_decay": trajectory(
            lambda w: optim.SGD(w, lr=0.1, momentum=0.7, nesterov=True, weight_decay=0.05)
        ),
        "output.rmsprop_all": trajectory(
            lambda w: optim.RMSprop(
                w, lr=0.02, alpha=0.9, eps=1e-4, momentum=0.8, centered=True, weight_decay=0.1
            )
        ),
        "output.adam_all": trajectory(
            lambda w: optim.Adam(w, 0.05, (0.7, 0.9), 1e-5, weight_decay=0.1, amsgrad=True)
        ),
        "output.late_adamw": trajectory(lambda w: optim.AdamW(w, lr=0.05), LATE),
        "output.late_adagrad": trajectory(lambda w: optim.Adagrad(w, 0.1, lr_decay=0.5), LATE),
        "output.late_sgd": trajectory(
            lambda w: optim.SGD(w, lr=0.1, momentum=0.9, dampening=0.4), LATE
        ),
        "output.adadelta": trajectory(lambda w: optim.Adadelta(w)),
        "output.adadelta_all": trajectory(
            lambda w: optim.Adadelta(w, lr=0.7, rho=0.8, eps=1e-3, weight_decay=0.1)
        ),
        "output.adamax": trajectory(lambda w: optim.Adamax(w)),
        "output.adamax_all": trajectory(
            lambda w: optim.Adamax(w, 0.05, (0.7, 0.8), 1e-3, weight_decay=0.1)
        ),
        "output.late_adamax": trajectory(lambda w: optim.Adamax(w, 0.05), LATE),
        "output.nadam": trajectory(lambda w: optim.NAdam(w)),
        "output.nadam_all": trajectory(
            lambda w: optim.NAdam(w, 0.05, (0.7, 0.9), 1e-3, weight_decay=0.1, momentum_decay=0.5)
        ),
        "output.nadam_decoupled": trajectory(
            lambda w: optim.NAdam(
                w, 0.05, weight_decay=0.1, momentum_decay=0, decoupled_weight_decay=True
            )
        ),
        "output.late_nadam": trajectory(lambda w: optim.NAdam(w, 0.05), LATE),
        "output.radam": trajectory(lambda w: optim.RAdam(w)),
        "output.radam_all": trajectory(
            lambda w: optim.RAdam(w, 0.05, (0.7, 0.9), 1e-3, weight_decay=0.1)
        ),
        "output.radam_decoupled": trajectory(
            lambda w: optim.RAdam(w, 0.05, weight_decay=0.1, decoupled_weight_decay=True)
        ),
        "output.late_radam": trajectory(lambda w: optim.RAdam(w, 0.05), LATE),
        "output.groups": two_groups(),
        "output.step_lr": rates(lambda o: StepLR(o, step_size=4, gamma=0.3), 20),
        "output.linear_lr": rates(lambda o: LinearLR(o, 1, 0.1, total_iters=12), 20),
        "output.restarts": rates(lambda o: CosineAnnealingWarmRestarts(o, 4), 20),
        "output.restarts_slower": rates(
            lambda o: CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.01), 50
        ),
        "output.one_cycle": one_cycle(),
        "output.one_cycle_linear": one_cycle(
            anneal_strategy="linear", pct_start=0.45, div_factor=10, final_div_factor=100
        ),
        "output.one_cycle_three": one_cycle(three_phase=True, pct_start=0.4),
        "output.inverse_sqrt": inverse_sqrt(64, 6, 20),
        "output.averages": averages(0.8),
        "output.corrected_averages": corrected_averages(0.8),
        "output.clipped": clipped(0.5),
    },
)
