/* The binding of the C kernels: checks every length before a kernel runs, and leaves Python's lock
 * while one does.  Written for the stable ABI of Python 3.11. */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

#include "averages.h"
#include "lanczos.h"

/* The Arrow C data interface, https://arrow.apache.org/docs/format/CDataInterface.html */
struct arrow_array {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct arrow_array **children;
    struct arrow_array *dictionary;
    void (*release)(struct arrow_array *);
    void *private_data;
};

typedef struct {
    Py_buffer starts, whole, low, high;
    axis_weights weights;
} axis;

static void release_axis(axis *a) {
    PyBuffer_Release(&a->starts);
    PyBuffer_Release(&a->whole);
    PyBuffer_Release(&a->low);
    PyBuffer_Release(&a->high);
}

/* Fill an axis from (starts, whole, low, high) and check that it stays inside `inputs`. */
static int read_axis(PyObject *tuple, Py_ssize_t inputs, axis *a) {
    PyObject *starts, *whole, *low, *high;
    if (!PyArg_ParseTuple(tuple, "OOOO", &starts, &whole, &low, &high)) return -1;
    if (PyObject_GetBuffer(starts, &a->starts, PyBUF_SIMPLE) < 0 ||
        PyObject_GetBuffer(whole, &a->whole, PyBUF_SIMPLE) < 0 ||
        PyObject_GetBuffer(low, &a->low, PyBUF_SIMPLE) < 0 ||
        PyObject_GetBuffer(high, &a->high, PyBUF_SIMPLE) < 0)
        return -1;
    Py_ssize_t outputs = a->starts.len / 4, products = a->whole.len / 4;
    if (outputs < 1 || a->starts.len % 4 || a->whole.len % 4 || products % outputs ||
        a->low.len != products * 2 || a->high.len != products * 2 || products > INT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "the weights of an axis do not fit together");
        return -1;
    }
    a->weights.outputs = (int32_t)outputs;
    a->weights.taps = (int32_t)(products / outputs);
    a->weights.starts = a->starts.buf;
    a->weights.whole = a->whole.buf;
    a->weights.low = a->low.buf;
    a->weights.high = a->high.buf;
    for (Py_ssize_t i = 0; i < outputs; i++) {
        Py_ssize_t start = a->weights.starts[i];
        if (start < 0 || start + a->weights.taps > inputs) {
            PyErr_SetString(PyExc_ValueError, "the weights of an axis reach outside the picture");
            return -1;
        }
    }
    return 0;
}

/* The bytes behind an arrow_array capsule of uint8, or of lists of four uint8. */
static const uint8_t *arrow_bytes(PyObject *capsule, Py_ssize_t pixels, int channels) {
    const struct arrow_array *array = PyCapsule_GetPointer(capsule, "arrow_array");
    if (array == NULL) return NULL;
    if (array->length != pixels || array->offset != 0 || array->null_count > 0 ||
        array->n_children != (channels == 1 ? 0 : 1)) {
        PyErr_SetString(PyExc_ValueError, "the pixels do not fit width, height and channels");
        return NULL;
    }
    const struct arrow_array *values = channels == 1 ? array : array->children[0];
    if (values->length != pixels * channels || values->offset != 0 || values->n_buffers != 2) {
        PyErr_SetString(PyExc_ValueError, "the values do not fit width, height and channels");
        return NULL;
    }
    return values->buffers[1];
}

/* Where the pixels of `source` are; NULL with an error set if it does not hold so many. */
static const uint8_t *source_bytes(PyObject *source, Py_buffer *buffer, Py_ssize_t pixels,
                                   int channels) {
    const uint8_t *found = NULL;
    if (PyCapsule_IsValid(source, "arrow_array")) {
        found = arrow_bytes(source, pixels, channels);
    } else if (PyObject_GetBuffer(source, buffer, PyBUF_C_CONTIGUOUS) == 0) {
        if (buffer->len == pixels * channels)
            found = buffer->buf;
        else
            PyErr_SetString(PyExc_ValueError, "the buffer does not fit width, height, channels");
    }
    if (found == NULL && !PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "there are no pixels");
    return found;
}

static int resample(const uint8_t *pixels, Py_ssize_t width, Py_ssize_t height, int channels,
                    const axis *across, const axis *down, int columns_first, uint8_t *target) {
    size_t wide = (size_t)width * channels, narrow = (size_t)across->weights.outputs * channels;
    size_t between_rows = columns_first ? (size_t)down->weights.outputs : (size_t)height;
    uint8_t *between = malloc((columns_first ? wide : narrow) * between_rows);
    if (between == NULL) return -1;
    if (columns_first) {
        lanczos_columns(pixels, wide, &down->weights, between);
        lanczos_rows(between, wide, between_rows, channels, &across->weights, target);
    } else {
        lanczos_rows(pixels, wide, height, channels, &across->weights, between);
        lanczos_columns(between, narrow, &down->weights, target);
    }
    free(between);
    return 0;
}

static PyObject *lanczos(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *across_tuple, *down_tuple;
    Py_ssize_t width, height;
    int channels, columns_first;
    if (!PyArg_ParseTuple(args, "OnniO!O!p", &source, &width, &height, &channels, &PyTuple_Type,
                          &across_tuple, &PyTuple_Type, &down_tuple, &columns_first))
        return NULL;
    if (width < 1 || height < 1 || width > INT32_MAX / height || (channels != 1 && channels != 4)) {
        PyErr_SetString(PyExc_ValueError, "width, height or channels are out of bounds");
        return NULL;
    }
    axis across = {{0}}, down = {{0}};
    Py_buffer buffer = {0};
    PyObject *result = NULL;
    const uint8_t *pixels = NULL;
    if (read_axis(across_tuple, width, &across) < 0 || read_axis(down_tuple, height, &down) < 0)
        goto done;
    pixels = source_bytes(source, &buffer, width * height, channels);
    if (pixels == NULL) goto done;
    result = PyByteArray_FromStringAndSize(
        NULL, (Py_ssize_t)across.weights.outputs * down.weights.outputs * channels);
    if (result == NULL) goto done;
    uint8_t *target = (uint8_t *)PyByteArray_AsString(result);
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = resample(pixels, width, height, channels, &across, &down, columns_first, target);
    Py_END_ALLOW_THREADS
    if (failed) {
        Py_DECREF(result);
        result = PyErr_NoMemory();
    }
done:
    release_axis(&across);
    release_axis(&down);
    PyBuffer_Release(&buffer);
    return result;
}

static PyObject *above_mean_of(PyObject *module, PyObject *args) {
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

static int positions_fit(const Py_buffer *positions, Py_ssize_t most, Py_ssize_t side) {
    const int32_t *values = positions->buf;
    Py_ssize_t count = positions->len / 4;
    if (count < 1 || count > most || positions->len % 4) return 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (values[i] < 0 || values[i] >= side) return 0;
    return 1;
}

#define MOST_PICKED 64

static PyObject *quality_counts_of(PyObject *module, PyObject *args) {
    (void)module;
    PyObject *source, *result = NULL;
    Py_ssize_t width, height;
    int channels;
    Py_buffer columns, rows, buffer = {0};
    if (!PyArg_ParseTuple(args, "Onniy*y*", &source, &width, &height, &channels, &columns, &rows))
        return NULL;
    if (width < 1 || height < 1 || width > INT32_MAX / height || (channels != 1 && channels != 4) ||
        !positions_fit(&columns, MOST_PICKED, width) || !positions_fit(&rows, MOST_PICKED, height)) {
        PyErr_SetString(PyExc_ValueError, "sides, channels or positions are out of bounds");
    } else {
        const uint8_t *pixels = source_bytes(source, &buffer, width * height, channels);
        if (pixels != NULL) {
            uint8_t luma[MOST_PICKED * MOST_PICKED];
            int32_t counts[QUALITY_COUNTS];
            quality_counts(pixels, width, channels, columns.buf, columns.len / 4, rows.buf,
                           rows.len / 4, luma, counts);
            result = PyBytes_FromStringAndSize((const char *)counts, sizeof counts);
        }
    }
    PyBuffer_Release(&columns);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&buffer);
    return result;
}

static PyObject *force_portable(PyObject *module, PyObject *forced) {
    (void)module;
    int truth = PyObject_IsTrue(forced);
    if (truth < 0) return NULL;
    lanczos_force_portable(truth);
    Py_RETURN_NONE;
}

static PyObject *isa(PyObject *module, PyObject *ignored) {
    (void)module;
    (void)ignored;
    return PyUnicode_FromString(lanczos_isa());
}

static PyMethodDef methods[] = {
    {"lanczos", lanczos, METH_VARARGS,
     "lanczos(source, width, height, channels, across, down, columns_first) -> bytearray"},
    {"above_mean", above_mean_of, METH_VARARGS,
     "above_mean(values, channels, used, by_channel) -> bytes"},
    {"quality_counts", quality_counts_of, METH_VARARGS,
     "quality_counts(source, width, height, channels, columns, rows) -> bytes"},
    {"force_portable", force_portable, METH_O, "Use the plain C loops, or not."},
    {"isa", isa, METH_NOARGS, "Name of the loops in use."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "The C kernels; see the Python modules beside it.", -1,
    methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&definition); }
