#include <string.h>

#include "bind.h"
#include "colour/colour.h"

PyObject *bind_luma(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t width, height;
    if (!PyArg_ParseTuple(args, "Onn", &source, &width, &height)) return NULL;
    held_pixels held;
    memset(&held, 0, sizeof held);
    if (hold_pixels(source, width, height, 4, &held) == 0 &&
        (result = PyByteArray_FromStringAndSize(NULL, width * height)) != NULL) {
        uint8_t *luma = (uint8_t *)PyByteArray_AsString(result);
        Py_BEGIN_ALLOW_THREADS
        luma_plane(held.raster.pixels, (size_t)(width * height), luma);
        Py_END_ALLOW_THREADS
    }
    release_pixels(&held);
    return result;
}

PyObject *bind_colour_counts(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *luma_source, *result = NULL;
    Py_ssize_t width, height;
    if (!PyArg_ParseTuple(args, "OOnn", &source, &luma_source, &width, &height)) return NULL;
    held_pixels held, luma;
    memset(&held, 0, sizeof held);
    memset(&luma, 0, sizeof luma);
    if (hold_pixels(source, width, height, 4, &held) == 0 &&
        hold_pixels(luma_source, width, height, 1, &luma) == 0) {
        uint32_t counts[COLOUR_CLASSES];
        Py_BEGIN_ALLOW_THREADS
        colour_counts(held.raster.pixels, luma.raster.pixels, (size_t)(width * height), counts);
        Py_END_ALLOW_THREADS
        result = PyBytes_FromStringAndSize((const char *)counts, sizeof counts);
    }
    release_pixels(&luma);
    release_pixels(&held);
    return result;
}
