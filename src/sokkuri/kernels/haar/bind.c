#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "haar/haar.h"

#define MOST_SIDE (1 << 15)

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
