#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "block/block.h"

#define MOST_BLOCKS 256
#define MOST_ROWS (1 << 24) /* their sums fit 32 bits */

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
