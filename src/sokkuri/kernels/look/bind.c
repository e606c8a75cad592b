#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "look/look.h"

#define MOST_SIDE (1 << 24)
#define LINEAR_BYTES (256 * 4)
#define ROOTS_BYTES (4096 * 4)

static void pack(const uint8_t *bits, uint8_t *bytes) {
    for (int i = 0; i < LOOK_BITS; i++) bytes[i / 8] |= (uint8_t)(bits[i] << (7 - i % 8));
}

static int tables_fit(const Py_buffer *linear, const Py_buffer *roots) {
    if (linear->len != LINEAR_BYTES || roots->len != ROOTS_BYTES) return 0;
    const int32_t *values = linear->buf;
    for (int i = 0; i < 256; i++)
        if (values[i] < 0 || values[i] > 4095) return 0;
    values = roots->buf;
    for (int i = 0; i < 4096; i++)
        if (values[i] < 0 || values[i] > 4096) return 0;
    return 1;
}

PyObject *bind_look(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t width, height;
    Py_buffer linear, roots;
    held_pixels held;
    memset(&held, 0, sizeof held);
    if (!PyArg_ParseTuple(args, "Onny*y*", &source, &width, &height, &linear, &roots)) return NULL;
    look_scratch *scratch = NULL;
    if (hold_pixels(source, LOOK_SIDE, LOOK_SIDE, 4, &held) < 0) {
        /* The error is set. */
    } else if (width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE ||
               !tables_fit(&linear, &roots)) {
        PyErr_SetString(PyExc_ValueError, "the size or the tables are out of bounds");
    } else if ((scratch = malloc(sizeof *scratch)) == NULL) {
        PyErr_NoMemory();
    } else {
        uint8_t code[(LOOK_BITS + 7) / 8] = {0};
        Py_BEGIN_ALLOW_THREADS
        look_find(&held.raster, linear.buf, roots.buf, width, height, scratch);
        look_describe(scratch);
        pack(scratch->bits, code);
        Py_END_ALLOW_THREADS
        result = PyBytes_FromStringAndSize((const char *)code, sizeof code);
    }
    free(scratch);
    PyBuffer_Release(&linear);
    PyBuffer_Release(&roots);
    release_pixels(&held);
    return result;
}

PyObject *bind_look_frame(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t width, height;
    int channels;
    held_pixels held;
    memset(&held, 0, sizeof held);
    if (!PyArg_ParseTuple(args, "Onni", &source, &width, &height, &channels)) return NULL;
    if (hold_pixels(source, width, height, channels, &held) == 0) {
        int32_t strips[4];
        Py_BEGIN_ALLOW_THREADS
        look_frame(&held.raster, strips);
        Py_END_ALLOW_THREADS
        result = Py_BuildValue("(iiii)", strips[0], strips[1], strips[2], strips[3]);
    }
    release_pixels(&held);
    return result;
}
