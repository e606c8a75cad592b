#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "blocks.h"
#include "colour.h"
#include "haar.h"
#include "pdq.h"

#define MOST_BLOCKS 256
#define MOST_ROWS (1 << 24) /* their sums fit 32 bits */
#define MOST_SIDE (1 << 15)

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

static PyObject *summed(const raster *source, Py_ssize_t size) {
    uint32_t *line = malloc(source->width * sizeof *line);
    if (line == NULL) return PyErr_NoMemory();
    PyObject *result = PyByteArray_FromStringAndSize(NULL, size * size * (Py_ssize_t)sizeof(int64_t));
    if (result != NULL) {
        int64_t *sums = (int64_t *)PyByteArray_AsString(result);
        Py_BEGIN_ALLOW_THREADS
        block_sums(source, (size_t)size, line, sums);
        Py_END_ALLOW_THREADS
    }
    free(line);
    return result;
}

PyObject *bind_block_sums(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t width, height, size;
    if (!PyArg_ParseTuple(args, "Onnn", &source, &width, &height, &size)) return NULL;
    if (size < 1 || size > MOST_BLOCKS || height > MOST_ROWS) {
        PyErr_SetString(PyExc_ValueError, "the number of blocks or rows is out of bounds");
        return NULL;
    }
    held_pixels held;
    memset(&held, 0, sizeof held);
    if (hold_pixels(source, width, height, 1, &held) == 0) result = summed(&held.raster, size);
    release_pixels(&held);
    return result;
}

static PyObject *averaged(const uint8_t *values, size_t side, size_t size) {
    double *scratch = malloc(haar_scratch(side, size) * sizeof *scratch);
    if (scratch == NULL) return PyErr_NoMemory();
    PyObject *result =
        PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)(size * size * sizeof(double)));
    if (result != NULL) {
        double *averages = (double *)PyByteArray_AsString(result);
        Py_BEGIN_ALLOW_THREADS
        haar_averages(values, side, size, scratch, averages);
        Py_END_ALLOW_THREADS
    }
    free(scratch);
    return result;
}

static int power_of_two(Py_ssize_t value) { return value > 0 && (value & (value - 1)) == 0; }

PyObject *bind_haar_averages(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t side, size;
    if (!PyArg_ParseTuple(args, "Onn", &source, &side, &size)) return NULL;
    if (!power_of_two(side) || !power_of_two(size) || size > side || side > MOST_SIDE) {
        PyErr_SetString(PyExc_ValueError, "the sides are no powers of two, or out of bounds");
        return NULL;
    }
    held_pixels held;
    memset(&held, 0, sizeof held);
    if (hold_pixels(source, side, side, 1, &held) == 0)
        result = averaged(held.raster.pixels, (size_t)side, (size_t)size);
    release_pixels(&held);
    return result;
}

static int rising_inside(const Py_buffer *positions, Py_ssize_t side) {
    const int32_t *values = positions->buf;
    if (positions->len != PDQ_SIDE * 4 || values[0] < 0 || values[PDQ_SIDE - 1] >= side) return 0;
    for (int i = 1; i < PDQ_SIDE; i++)
        if (values[i] < values[i - 1]) return 0;
    return 1;
}

static PyObject *transformed(const raster *source, const pdq_plan *plan) {
    float frequencies[PDQ_FREQUENCIES * PDQ_FREQUENCIES];
    float *scratch = malloc(pdq_scratch(source, plan) * sizeof *scratch);
    if (scratch == NULL) return PyErr_NoMemory();
    int32_t steps;
    Py_BEGIN_ALLOW_THREADS
    steps = pdq_frequencies(source, plan, scratch, frequencies);
    Py_END_ALLOW_THREADS
    free(scratch);
    return Py_BuildValue("y#i", (const char *)frequencies, (Py_ssize_t)sizeof frequencies, steps);
}

PyObject *bind_pdq_frequencies(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t width, height, across, down;
    int channels;
    Py_buffer columns, rows, waves;
    if (!PyArg_ParseTuple(args, "Onniy*y*nny*", &source, &width, &height, &channels, &columns,
                          &rows, &across, &down, &waves))
        return NULL;
    held_pixels held;
    memset(&held, 0, sizeof held);
    if (hold_pixels(source, width, height, channels, &held) < 0) {
        /* The error is set. */
    } else if (!rising_inside(&columns, width) || !rising_inside(&rows, height) || across < 1 ||
               across > width || down < 1 || down > height ||
               waves.len != PDQ_FREQUENCIES * PDQ_SIDE * (Py_ssize_t)sizeof(float)) {
        PyErr_SetString(PyExc_ValueError, "points, boxes or waves are out of bounds");
    } else {
        const pdq_plan plan = {columns.buf, rows.buf, (size_t)across, (size_t)down, waves.buf};
        result = transformed(&held.raster, &plan);
    }
    PyBuffer_Release(&columns);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&waves);
    release_pixels(&held);
    return result;
}
