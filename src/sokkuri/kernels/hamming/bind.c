#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "hamming/hamming.h"

/* Arguments that all scans share. */
typedef struct {
    Py_buffer codes, queries, mask;
    hamming_rows rows;
    size_t count;
    enum metric metric;
} scan;

static void release(scan *held) {
    if (held->codes.obj != NULL) PyBuffer_Release(&held->codes);
    if (held->queries.obj != NULL) PyBuffer_Release(&held->queries);
    if (held->mask.obj != NULL) PyBuffer_Release(&held->mask);
}

/* Check that rows, queries and mask fit each other; sets an error and returns 0 if not. */
static int fits(scan *held, Py_ssize_t width, Py_ssize_t first, Py_ssize_t last, int metric) {
    if (width < 1 || width > 1 << 24 || held->codes.len % width || held->queries.len % width ||
        first < 0 || last < first || last > held->codes.len / width || metric < 0 ||
        metric >= METRIC_COUNT || held->queries.len / width > INT32_MAX ||
        (held->mask.obj != NULL && held->mask.len != held->codes.len / width)) {
        PyErr_SetString(PyExc_ValueError, "codes, queries and mask do not fit each other");
        return 0;
    }
    held->rows = (hamming_rows){held->codes.buf, held->mask.obj == NULL ? NULL : held->mask.buf,
                             (size_t)width, (size_t)first, (size_t)last};
    held->count = (size_t)(held->queries.len / width);
    held->metric = (enum metric)metric;
    return 1;
}

/* hamming_nearest(codes, queries, mask or None, width, first, last, metric, k, distances, rows,
 * sizes): the three last are heaps of k entries a query, which go on from what they hold. */
PyObject *bind_hamming_nearest(PyObject *module, PyObject *args) {
    (void)module;
    scan held;
    memset(&held, 0, sizeof held);
    Py_buffer distances, rows, sizes;
    Py_ssize_t width, first, last, k;
    int metric;
    if (!PyArg_ParseTuple(args, "y*y*z*nnninw*w*w*", &held.codes, &held.queries, &held.mask, &width,
                          &first, &last, &metric, &k, &distances, &rows, &sizes))
        return NULL;
    hamming_heap *heaps = NULL;
    int done = 0;
    if (!fits(&held, width, first, last, metric)) {
        /* The error is set. */
    } else if (k < 1 || (size_t)sizes.len != held.count * 8 ||
               (size_t)distances.len != held.count * (size_t)k * 4 ||
               (size_t)rows.len != held.count * (size_t)k * 8) {
        PyErr_SetString(PyExc_ValueError, "the heaps do not fit the queries");
    } else if ((heaps = malloc((held.count + 1) * sizeof *heaps)) == NULL) {
        PyErr_NoMemory();
    } else {
        int64_t *used = sizes.buf;
        for (size_t i = 0; i < held.count; i++)
            heaps[i] = (hamming_heap){(uint32_t *)distances.buf + i * (size_t)k,
                                   (int64_t *)rows.buf + i * (size_t)k, (size_t)used[i], (size_t)k};
        Py_BEGIN_ALLOW_THREADS
        hamming_nearest(&held.rows, held.metric, held.queries.buf, held.count, heaps);
        Py_END_ALLOW_THREADS
        for (size_t i = 0; i < held.count; i++) used[i] = (int64_t)heaps[i].size;
        done = 1;
    }
    free(heaps);
    release(&held);
    PyBuffer_Release(&distances);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&sizes);
    if (!done) return NULL;
    Py_RETURN_NONE;
}

/* hamming_all(codes, query, width, first, last, metric, distances) */
PyObject *bind_hamming_all(PyObject *module, PyObject *args) {
    (void)module;
    scan held;
    memset(&held, 0, sizeof held);
    Py_buffer distances;
    Py_ssize_t width, first, last;
    int metric;
    if (!PyArg_ParseTuple(args, "y*y*nnniw*", &held.codes, &held.queries, &width, &first, &last,
                          &metric, &distances))
        return NULL;
    int done = 0;
    if (!fits(&held, width, first, last, metric)) {
        /* The error is set. */
    } else if (held.count != 1 || distances.len != (last - first) * 4) {
        PyErr_SetString(PyExc_ValueError, "the distances do not fit the rows");
    } else {
        Py_BEGIN_ALLOW_THREADS
        hamming_all(&held.rows, held.metric, held.queries.buf, distances.buf);
        Py_END_ALLOW_THREADS
        done = 1;
    }
    release(&held);
    PyBuffer_Release(&distances);
    if (!done) return NULL;
    Py_RETURN_NONE;
}

/* hamming_within(codes, queries, mask or None, width, first, last, metric, limit, queries, rows,
 * distances, block, query) -> (done, count, block, query) */
PyObject *bind_hamming_within(PyObject *module, PyObject *args) {
    (void)module;
    scan held;
    memset(&held, 0, sizeof held);
    Py_buffer numbers, rows, distances;
    Py_ssize_t width, first, last, block, query;
    unsigned int limit;
    int metric;
    if (!PyArg_ParseTuple(args, "y*y*z*nnniIw*w*w*nn", &held.codes, &held.queries, &held.mask,
                          &width, &first, &last, &metric, &limit, &numbers, &rows, &distances,
                          &block, &query))
        return NULL;
    PyObject *result = NULL;
    const size_t room = (size_t)numbers.len / 4;
    if (!fits(&held, width, first, last, metric)) {
        /* The error is set. */
    } else if (room < HAMMING_BLOCK_ROWS || (size_t)rows.len != room * 8 ||
               (size_t)distances.len != room * 4 || block < first || query < 0) {
        PyErr_SetString(PyExc_ValueError, "there is no room for a block of hits");
    } else {
        hamming_hits hits = {numbers.buf, rows.buf, distances.buf, 0, room, (size_t)block,
                             (size_t)query};
        int done;
        Py_BEGIN_ALLOW_THREADS
        done = hamming_within(&held.rows, held.metric, held.queries.buf, held.count, limit, &hits);
        Py_END_ALLOW_THREADS
        result = Py_BuildValue("(innn)", done, (Py_ssize_t)hits.size, (Py_ssize_t)hits.block,
                               (Py_ssize_t)hits.query);
    }
    release(&held);
    PyBuffer_Release(&numbers);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&distances);
    return result;
}

static int rows_exist(const Py_buffer *listed, size_t rows) {
    const uint32_t *numbers = listed->buf;
    for (size_t i = 0; i < (size_t)listed->len / 4; i++)
        if (numbers[i] >= rows) return 0;
    return 1;
}

/* hamming_refine(codes, query, mask or None, width, metric, limit, listed, distances) -> count */
PyObject *bind_hamming_refine(PyObject *module, PyObject *args) {
    (void)module;
    scan held;
    memset(&held, 0, sizeof held);
    Py_buffer listed, distances;
    Py_ssize_t width;
    unsigned int limit;
    int metric;
    if (!PyArg_ParseTuple(args, "y*y*z*niIw*w*", &held.codes, &held.queries, &held.mask, &width,
                          &metric, &limit, &listed, &distances))
        return NULL;
    PyObject *result = NULL;
    if (!fits(&held, width, 0, 0, metric)) {
        /* The error is set. */
    } else if (held.count != 1 || listed.len % 4 || listed.len != distances.len ||
               !rows_exist(&listed, (size_t)(held.codes.len / width))) {
        PyErr_SetString(PyExc_ValueError, "the listed rows do not fit the codes");
    } else {
        size_t count;
        Py_BEGIN_ALLOW_THREADS
        count = hamming_refine(&held.rows, held.metric, held.queries.buf, limit, listed.buf,
                               (size_t)listed.len / 4, distances.buf);
        Py_END_ALLOW_THREADS
        result = PyLong_FromSize_t(count);
    }
    release(&held);
    PyBuffer_Release(&listed);
    PyBuffer_Release(&distances);
    return result;
}

/* hamming_refine_nearest(codes, query, mask or None, width, listed, k, distances, rows, size)
 * -> size */
PyObject *bind_hamming_refine_nearest(PyObject *module, PyObject *args) {
    (void)module;
    scan held;
    memset(&held, 0, sizeof held);
    Py_buffer listed, distances, rows;
    Py_ssize_t width, k, size;
    if (!PyArg_ParseTuple(args, "y*y*z*ny*nw*w*n", &held.codes, &held.queries, &held.mask, &width,
                          &listed, &k, &distances, &rows, &size))
        return NULL;
    PyObject *result = NULL;
    if (!fits(&held, width, 0, 0, METRIC_BITS)) {
        /* The error is set. */
    } else if (held.count != 1 || listed.len % 4 || k < 1 || size < 0 || size > k ||
               distances.len != k * 4 || rows.len != k * 8 ||
               !rows_exist(&listed, (size_t)(held.codes.len / width))) {
        PyErr_SetString(PyExc_ValueError, "the listed rows do not fit the codes");
    } else {
        hamming_heap heap = {distances.buf, rows.buf, (size_t)size, (size_t)k};
        Py_BEGIN_ALLOW_THREADS
        hamming_refine_nearest(&held.rows, held.queries.buf, listed.buf, (size_t)listed.len / 4,
                               &heap);
        Py_END_ALLOW_THREADS
        result = PyLong_FromSize_t(heap.size);
    }
    release(&held);
    PyBuffer_Release(&listed);
    PyBuffer_Release(&distances);
    PyBuffer_Release(&rows);
    return result;
}
