/* Luma, and how much of a picture is of which colour, exactly as Pillow converts pixels.
 *
 * Nothing here allocates, fails or starts threads. */
#ifndef SOKKURI_COLOUR_H
#define SOKKURI_COLOUR_H

#include "raster.h"

/* Six hues of faint colour, six of bright colour, a saturation of exactly 170, gray, black. */
enum { FAINT, BRIGHT = 6, BETWEEN = 12, GRAY, BLACK, COLOUR_CLASSES };

/* ITU-R 601-2 luma of `pixels` pixels of four bytes, as Pillow's convert("L"). */
void luma_plane(const uint8_t *source, size_t pixels, uint8_t *luma);

/* Write COLOUR_CLASSES counts: the pixels of each class by hue and saturation of Pillow's
 * convert("HSV"); `luma` is that of luma_plane(). */
void colour_counts(const uint8_t *source, const uint8_t *luma, size_t pixels, uint32_t *counts);

#endif
