"""A vision transformer and a Whisper with random weights, under the names that published files
have, computed with the transformers package in float64.

    python3 make_published.py        # writes hf_vit and hf_whisper, in this folder
"""

import copy
import tempfile

import safetensors.torch
import torch
import transformers
from make_gpt_losses import save

SEED = 47


def published(model):
    """The tensors under the names of the files that the package writes."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return safetensors.torch.load_file(f"{folder}/model.safetensors")


def gradients(model):
    """The gradients under the same names. One that no gradient reached is 0."""
    twin = copy.deepcopy(model)
    for own, parameter in zip(twin.parameters(), model.parameters(), strict=True):
        own.data = torch.zeros_like(own) if parameter.grad is None else parameter.grad
    return published(twin)


def write(name, model, inputs, run, generator):
    model.double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
    tensors = {f"input.{key}": value for key, value in inputs.items()}
    tensors |= {f"param.{key}": value for key, value in published(model).items()}
    total = 0
    for key, value in run(model).items():
        cotangent = torch.randn(value.shape, generator=generator, dtype=torch.float64)
        tensors |= {f"output.{key}": value.detach(), f"cotangent.{key}": cotangent}
        total = total + (value * cotangent).sum()
    total.backward()
    tensors |= {f"grad.param.{key}": value for key, value in gradients(model).items()}
    package = f"transformers=={transformers.__version__}"
    save(f"{name}.safetensors", tensors, {"class": type(model).__name__, "package": package})


def vit(generator):
    config = transformers.ViTConfig(
        hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
        image_size=8, patch_size=4, num_channels=2, num_labels=3)
    pictures = torch.randn(2, 2, 8, 8, generator=generator, dtype=torch.float64)

    def run(model):
        return {"features": model.vit(pictures).last_hidden_state,
                "logits": model(pictures).logits}

    write("hf_vit", transformers.ViTForImageClassification(config), {"pictures": pictures}, run,
          generator)


def whisper(generator):
    config = transformers.WhisperConfig(
        vocab_size=13, num_mel_bins=4, d_model=8, encoder_layers=1, decoder_layers=2,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=12,
        decoder_ffn_dim=12, max_source_positions=5, max_target_positions=6, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=1)
    features = torch.randn(2, 4, 10, generator=generator, dtype=torch.float64)
    ids = torch.randint(13, (2, 4), generator=generator)

    def run(model):
        made = model(input_features=features, decoder_input_ids=ids)
        return {"memory": made.encoder_last_hidden_state, "logits": made.logits}

    write("hf_whisper", transformers.WhisperForConditionalGeneration(config),
          {"features": features, "ids": ids}, run, generator)


if __name__ == "__main__":
    generator = torch.Generator().manual_seed(SEED)
    vit(generator)
    whisper(generator)
