"""Mel filters and Whisper's log-mel spectrogram, computed with the transformers package in float64.

    python3 make_log_mel.py        # writes log_mel.safetensors, in this folder
"""

import numpy
import safetensors.numpy
import transformers
from transformers import audio_utils

SEED = 47


def filters(n, bands, rate):
    return audio_utils.mel_filter_bank(
        num_frequency_bins=1 + n // 2, num_mel_filters=bands, min_frequency=0.0,
        max_frequency=rate / 2, sampling_rate=rate, norm="slaney", mel_scale="slaney")


def log_mel(sound, n, hop, bands, rate):
    """As WhisperFeatureExtractor does with a sound of any length."""
    spectrum = audio_utils.spectrogram(
        sound, audio_utils.window_function(n, "hann"), frame_length=n, hop_length=hop, power=2.0,
        mel_filters=filters(n, bands, rate), log_mel="log10", dtype=numpy.float64)[:, :-1]
    return (numpy.maximum(spectrum, spectrum.max() - 8.0) + 4.0) / 4.0


if __name__ == "__main__":
    generator = numpy.random.default_rng(SEED)
    time = numpy.arange(1600)
    chirp = numpy.sin(2 * numpy.pi * (0.01 + 0.0001 * time) * time)
    sound = chirp + 0.01 * generator.standard_normal(1600)
    # Silent from the middle on: what is less than 8 below the loudest is cut off there.
    sound[800:] *= 1e-7
    tensors = {
        "filters": filters(200, 24, 8000).T,
        "input.sound": sound,
        "output.speech": log_mel(sound, 400, 160, 80, 16000),
        "output.small": log_mel(sound, 200, 80, 24, 8000),
    }
    package = f"transformers=={transformers.__version__}"
    safetensors.numpy.save_file(
        {name: numpy.ascontiguousarray(value) for name, value in tensors.items()},
        "log_mel.safetensors", {"package": package})
