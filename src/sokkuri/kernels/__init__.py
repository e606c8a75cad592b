"""Kernels: arrays in, arrays out, no pictures, no names, no files."""

from __future__ import annotations

from sokkuri.kernels.built import MISSING, NATIVE
from sokkuri.kernels.code_bits import choose_bits, choose_bits_reference
from sokkuri.kernels.dispatch import (
    FAST_LANCZOS,
    above_mean,
    active_kernels,
    lanczos_native,
    quality_counts_native,
)
from sokkuri.kernels.distances import hamming_distances
from sokkuri.kernels.family import (
    block_sums_native,
    colour_counts_native,
    haar_averages_native,
    luma_native,
    pdq_frequencies_native,
)
from sokkuri.kernels.look import frame_around, look_code, look_frame_native
from sokkuri.kernels.reference import quality_counts
from sokkuri.kernels.resample import lanczos_reference

__all__ = [
    "FAST_LANCZOS",
    "MISSING",
    "NATIVE",
    "above_mean",
    "active_kernels",
    "block_sums_native",
    "choose_bits",
    "choose_bits_reference",
    "colour_counts_native",
    "frame_around",
    "haar_averages_native",
    "hamming_distances",
    "lanczos_native",
    "lanczos_reference",
    "look_code",
    "look_frame_native",
    "luma_native",
    "pdq_frequencies_native",
    "quality_counts",
    "quality_counts_native",
]
