#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "pdq/pdq.h"

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
