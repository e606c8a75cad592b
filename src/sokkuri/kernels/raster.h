/* Pixels in memory, as every kernel takes them. */
#ifndef SOKKURI_RASTER_H
#define SOKKURI_RASTER_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *pixels; /* width * height * channels bytes, row by row without gaps */
    size_t width, height;  /* at least 1; the number of pixels fits 31 bits */
    int channels;          /* 1: luma; 4: red, green, blue and one without meaning */
} raster;

#endif
