#include <string.h>

#include "average/average.h"
#include "bind.h"

PyObject *bind_above_mean(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer values;
    int channels, used, by_channel;
    if (!PyArg_ParseTuple(args, "y*iip", &values, &channels, &used, &by_channel)) return NULL;
    PyObject *result = NULL;
    if (channels < 1 || channels > 4 || used < 1 || used > channels || values.len % channels ||
        values.len < 1 || values.len > 1 << 26) {
        PyErr_SetString(PyExc_ValueError, "the values do not fit their channels");
    } else {
        Py_ssize_t pixels = values.len / channels;
        result = PyBytes_FromStringAndSize(NULL, (pixels * used + 7) / 8);
        if (result != NULL)
            above_mean(values.buf, pixels, channels, used, by_channel,
                       (uint8_t *)PyBytes_AsString(result));
    }
    PyBuffer_Release(&values);
    return result;
}

#define MOST_PICKED 64

static int positions_fit(const Py_buffer *positions, Py_ssize_t side) {
    const int32_t *values = positions->buf;
    Py_ssize_t count = positions->len / 4;
    if (count < 1 || count > MOST_PICKED || positions->len % 4) return 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (values[i] < 0 || values[i] >= side) return 0;
    return 1;
}

PyObject *bind_quality_counts(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t width, height;
    int channels;
    Py_buffer columns, rows;
    held_pixels held;
    memset(&held, 0, sizeof held);
    if (!PyArg_ParseTuple(args, "Onniy*y*", &source, &width, &height, &channels, &columns, &rows))
        return NULL;
    if (hold_pixels(source, width, height, channels, &held) < 0) {
        /* The error is set. */
    } else if (!positions_fit(&columns, width) || !positions_fit(&rows, height)) {
        PyErr_SetString(PyExc_ValueError, "positions are out of bounds");
    } else {
        uint8_t luma[MOST_PICKED * MOST_PICKED];
        int32_t counts[QUALITY_COUNTS];
        quality_counts(held.raster.pixels, width, channels, columns.buf, columns.len / 4, rows.buf,
                       rows.len / 4, luma, counts);
        result = PyBytes_FromStringAndSize((const char *)counts, sizeof counts);
    }
    PyBuffer_Release(&columns);
    PyBuffer_Release(&rows);
    release_pixels(&held);
    return result;
}
