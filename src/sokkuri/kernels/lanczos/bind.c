#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "lanczos/lanczos.h"

enum { STARTS, WHOLE, LOW, HIGH, FIRSTS, DIGITS_OF, ARRAYS };

typedef struct {
    Py_buffer arrays[ARRAYS];
    axis_weights weights;
} axis;

static void release_axis(axis *a) {
    for (int i = 0; i < ARRAYS; i++) PyBuffer_Release(&a->arrays[i]);
}

/* Whether output i, which reads `count` numbers from firsts[i] on, stays inside `most`. */
static int stays_inside(const int32_t *firsts, Py_ssize_t outputs, Py_ssize_t count,
                        Py_ssize_t most) {
    for (Py_ssize_t i = 0; i < outputs; i++)
        if (firsts[i] < 0 || firsts[i] + count > most) return 0;
    return 1;
}

/* Fill an axis from its arrays and check that it stays inside `inputs`. */
static int read_axis(PyObject *tuple, Py_ssize_t inputs, axis *a) {
    PyObject *objects[ARRAYS];
    if (!PyArg_ParseTuple(tuple, "OOOOOO", &objects[0], &objects[1], &objects[2], &objects[3],
                          &objects[4], &objects[5]))
        return -1;
    for (int i = 0; i < ARRAYS; i++)
        if (PyObject_GetBuffer(objects[i], &a->arrays[i], PyBUF_SIMPLE) < 0) return -1;
    const Py_ssize_t step = DIGITS * GROUP, starts = a->arrays[STARTS].len;
    const Py_ssize_t outputs = starts / 4, products = a->arrays[WHOLE].len / 4;
    const Py_ssize_t groups = a->arrays[DIGITS_OF].len / step;
    if (outputs < 1 || starts % 4 || a->arrays[FIRSTS].len != starts ||
        a->arrays[WHOLE].len % 4 || products < 1 || products % outputs ||
        a->arrays[LOW].len != products * 2 || a->arrays[HIGH].len != products * 2 ||
        a->arrays[DIGITS_OF].len % step || groups < 1 || groups % outputs || products > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "the weights of an axis do not fit together");
        return -1;
    }
    a->weights = (axis_weights){
        .outputs = (int32_t)outputs,
        .taps = (int32_t)(products / outputs),
        .groups = (int32_t)(groups / outputs),
        .starts = a->arrays[STARTS].buf,
        .whole = a->arrays[WHOLE].buf,
        .low = a->arrays[LOW].buf,
        .high = a->arrays[HIGH].buf,
        .firsts = a->arrays[FIRSTS].buf,
        .digits = a->arrays[DIGITS_OF].buf,
    };
    if (!stays_inside(a->weights.starts, outputs, a->weights.taps, inputs) ||
        !stays_inside(a->weights.firsts, outputs, a->weights.groups, (inputs + GROUP - 1) / GROUP)) {
        PyErr_SetString(PyExc_ValueError, "the weights of an axis reach outside the picture");
        return -1;
    }
    return 0;
}

static PyObject *resampled(const raster *source, const axis_weights *across,
                           const axis_weights *down, int columns_first) {
    uint8_t *scratch = malloc(lanczos_scratch(source, across, down));
    if (scratch == NULL) return PyErr_NoMemory();
    PyObject *result = PyByteArray_FromStringAndSize(
        NULL, (Py_ssize_t)across->outputs * down->outputs * source->channels);
    if (result != NULL) {
        uint8_t *target = (uint8_t *)PyByteArray_AsString(result);
        Py_BEGIN_ALLOW_THREADS
        lanczos(source, across, down, columns_first, scratch, target);
        Py_END_ALLOW_THREADS
    }
    free(scratch);
    return result;
}

PyObject *bind_lanczos(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *across_tuple, *down_tuple, *result = NULL;
    Py_ssize_t width, height;
    int channels, columns_first;
    if (!PyArg_ParseTuple(args, "OnniO!O!p", &source, &width, &height, &channels, &PyTuple_Type,
                          &across_tuple, &PyTuple_Type, &down_tuple, &columns_first))
        return NULL;
    held_pixels held;
    memset(&held, 0, sizeof held);
    axis across, down;
    memset(&across, 0, sizeof across);
    memset(&down, 0, sizeof down);
    if (hold_pixels(source, width, height, channels, &held) == 0 &&
        read_axis(across_tuple, width, &across) == 0 && read_axis(down_tuple, height, &down) == 0)
        result = resampled(&held.raster, &across.weights, &down.weights, columns_first);
    release_axis(&across);
    release_axis(&down);
    release_pixels(&held);
    return result;
}

#define MOST_LENGTH (1 << 24)
#define MOST_WEIGHTS (1 << 26)

PyObject *bind_lanczos_spans(PyObject *module, PyObject *args) {
    (void)module;
    int inputs, outputs;
    if (!PyArg_ParseTuple(args, "ii", &inputs, &outputs)) return NULL;
    if (inputs < 1 || outputs < 1 || inputs > MOST_LENGTH || outputs > MOST_LENGTH ||
        lanczos_most_taps(inputs, outputs) > (size_t)(MOST_WEIGHTS / outputs)) {
        PyErr_SetString(PyExc_ValueError, "the lengths of the axis are out of bounds");
        return NULL;
    }
    const Py_ssize_t most = (Py_ssize_t)lanczos_most_taps(inputs, outputs), row = outputs * 4;
    PyObject *firsts = PyByteArray_FromStringAndSize(NULL, row);
    PyObject *lengths = PyByteArray_FromStringAndSize(NULL, row);
    PyObject *weights = PyByteArray_FromStringAndSize(NULL, row * most);
    double *values = malloc((size_t)most * sizeof *values);
    PyObject *result = NULL;
    if (values == NULL) PyErr_NoMemory();
    if (firsts != NULL && lengths != NULL && weights != NULL && values != NULL) {
        lanczos_spans(inputs, outputs, values, (int32_t *)PyByteArray_AsString(firsts),
                      (int32_t *)PyByteArray_AsString(lengths),
                      (int32_t *)PyByteArray_AsString(weights));
        result = PyTuple_Pack(3, firsts, lengths, weights);
    }
    free(values);
    Py_XDECREF(firsts);
    Py_XDECREF(lengths);
    Py_XDECREF(weights);
    return result;
}
