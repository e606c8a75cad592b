#include "bind.h"

/* The Arrow C data interface, https://arrow.apache.org/docs/format/CDataInterface.html */
struct arrow_array {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct arrow_array **children;
    struct arrow_array *dictionary;
    void (*release)(struct arrow_array *);
    void *private_data;
};

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

int hold_pixels(PyObject *source, Py_ssize_t width, Py_ssize_t height, int channels,
                held_pixels *held) {
    if (width < 1 || height < 1 || width > INT32_MAX / height || (channels != 1 && channels != 4)) {
        PyErr_SetString(PyExc_ValueError, "width, height or channels are out of bounds");
        return -1;
    }
    const uint8_t *found = NULL;
    if (PyCapsule_IsValid(source, "arrow_array")) {
        found = arrow_bytes(source, width * height, channels);
    } else if (PyObject_GetBuffer(source, &held->buffer, PyBUF_C_CONTIGUOUS) == 0) {
        if (held->buffer.len == width * height * channels)
            found = held->buffer.buf;
        else
            PyErr_SetString(PyExc_ValueError, "the buffer does not fit width, height, channels");
    }
    if (found == NULL) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "there are no pixels");
        return -1;
    }
    held->raster = (raster){found, (size_t)width, (size_t)height, channels};
    return 0;
}

void release_pixels(held_pixels *held) { PyBuffer_Release(&held->buffer); }
