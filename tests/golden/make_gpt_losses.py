"""Ten training losses of a small GPT, computed with PyTorch.

    python3 make_gpt_losses.py            # writes gpt_losses.safetensors

Untied, pre-norm, exact GELU, learned positions, biases everywhere but in the output layer. AdamW
with weight decay on matrices only, a new batch each step, gradients clipped by norm, a learning
rate that warms up and falls along a cosine. Rows count in steps of 1 to 3, so that there is
something to learn. Runs in float64 and in float32 from the same float32 weights.
"""

import json
import math
import struct

import torch
from torch import nn

VOCABULARY, CONTEXT, WIDTH, LAYERS, HEADS = 17, 16, 32, 2, 2
BATCH, STEPS, WARMUP, PEAK, FLOOR = 4, 10, 3, 1e-2, 1e-3
BETAS, DECAY, CLIP = (0.9, 0.99), 0.1, 1.0


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(VOCABULARY, WIDTH)
        self.wpe = nn.Embedding(CONTEXT, WIDTH)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                WIDTH,
                HEADS,
                4 * WIDTH,
                dropout=0,
                activation="gelu",
                batch_first=True,
                norm_first=True,
            )
            for _ in range(LAYERS)
        )
        self.norm = nn.LayerNorm(WIDTH)
        self.lm_head = nn.Linear(WIDTH, VOCABULARY, bias=False)

    def forward(self, ids):  # (B, T) -> (B, T, V)
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        hidden = torch.triu(torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool), 1)
        for layer in self.layers:
            x = layer(x, src_mask=hidden)
        return self.lm_head(self.norm(x))


def learning_rate(step):
    if step < WARMUP:
        return PEAK * (step + 1) / (WARMUP + 1)
    done = (step - WARMUP) / (STEPS - WARMUP)
    return FLOOR + (PEAK - FLOOR) * (1 + math.cos(math.pi * done)) / 2


def initial_weights():
    torch.manual_seed(20)
    model = Gpt()
    for parameter in model.parameters():  # biases and gains too: a zero would hide a mistake
        gain = parameter.dim() == 1 and bool((parameter == 1).all())
        nn.init.normal_(parameter, mean=1.0 if gain else 0.0, std=0.1)
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def train(weights, batches, dtype):
    model = Gpt().to(dtype)
    model.load_state_dict({name: tensor.to(dtype) for name, tensor in weights.items()})
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0.0}],
        lr=PEAK,
        betas=BETAS,
    )
    losses, norms = [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step)
        ids, targets = batches[step, :, :-1], batches[step, :, 1:]
        loss = nn.functional.cross_entropy(model(ids).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        optimizer.step()
        losses.append(loss.item())
    return losses, norms


TYPES = {torch.float32: ("F32", "f"), torch.float64: ("F64", "d"), torch.int64: ("I64", "q")}


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in sorted(tensors.items(), key=lambda it: (-it[1].element_size(), it[0])):
        kind, code = TYPES[tensor.dtype]
        values = tensor.flatten().tolist()
        offsets = [len(data), len(data) + len(values) * tensor.element_size()]
        data += struct.pack(f"<{len(values)}{code}", *values)
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": offsets}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def make_batches():  # (STEPS, BATCH, CONTEXT + 1)
    start = torch.randint(VOCABULARY, (STEPS, BATCH, 1))
    stride = torch.randint(1, 4, (STEPS, BATCH, 1))
    return (start + stride * torch.arange(CONTEXT + 1)) % VOCABULARY


def main():
    torch.set_num_threads(1)
    weights = initial_weights()
    batches = make_batches()
    tensors = {f"param.{name}": value for name, value in weights.items()}
    tensors["input.batches"] = batches
    for name, dtype in (("f64", torch.float64), ("f32", torch.float32)):
        losses, norms = train(weights, batches, dtype)
        tensors[f"output.losses_{name}"] = torch.tensor(losses, dtype=torch.float64)
        tensors[f"output.norms_{name}"] = torch.tensor(norms, dtype=torch.float64)
        print(name, losses)
    save("gpt_losses.safetensors", tensors, {"package": f"torch=={torch.__version__}"})


if __name__ == "__main__":
    main()
